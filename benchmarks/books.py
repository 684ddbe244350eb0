"""What a long history costs: posting, a card's statement, the daily close, and verifying it all.

    python -m benchmarks.books [--journals 10000000 | --small] [--out benchmarks/results/books.md]

The same work is measured behind 100,000 journals and behind all of them, on the same tables. The
history is written by set-based statements that keep every invariant, and sealed and closed by the
product; what is measured is the product alone.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text

from benchmarks import place
from tapline import clock, ledger
from tapline.uow import Database

TENANT = "bench"
CARDS = 50_000
FEW = 100_000
DAYS = 10
"""Of history, up to each of the two sizes."""
BATCH, BATCHES = 500, 20
STATEMENTS = 200
DAY_JOURNALS = BATCH * BATCHES
CHUNK = 50_000
OPENED_FEN = 10**9
POUR_FEN = 100
BEGINNING = datetime(2026, 1, 1, 4, tzinfo=UTC)

# Pours of one price over all cards in turn: versions and balances follow by counting.
HISTORY = r"""
with account as materialized (
    select account_id, code, d_posted, c_posted, version,
           row_number() over (order by account_id) - 1 as place
    from ledger_account where tenant_id = :tenant and code like 'card\:%\:principal'
), water as (
    select account_id, c_posted, version from ledger_account
    where tenant_id = :tenant and code = 'rev\:water'
), pour as materialized (
    select n, account.account_id, n / :cards as turn,
           account.c_posted - account.d_posted as held_fen, account.version,
           nextval('ledger_journal_journal_id_seq') as journal_id
    from generate_series(0, :count - 1) n join account on place = n % :cards
), journal as (
    insert into ledger_journal (journal_id, tenant_id, key, command_hash, kind, phase, event_at,
                                recorded_at, source)
    overriding system value
    select journal_id, :tenant, 'past\:' || journal_id,
           sha256(cast(cast(journal_id as text) as bytea)), 'pour', 'single', :moment, :moment, '{}'
    from pour
), entry as (
    insert into ledger_entry
    select journal_id, 1, account_id, 'D', :fen, false, false, version + turn + 1,
           held_fen - :fen * (turn + 1) from pour
    union all
    select journal_id, 2, water.account_id, 'C', :fen, false, false, water.version + n + 1,
           water.c_posted + :fen * (n + 1) from pour, water
), total as (
    select account_id, count(*) as pours from pour group by account_id
    union all select account_id, -:count from water
)
update ledger_account account
set d_posted = d_posted + :fen * greatest(pours, 0),
    c_posted = c_posted + :fen * greatest(-pours, 0), version = version + abs(pours)
from total where account.account_id = total.account_id
"""


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journals", type=int, default=10_000_000, help="the long history")
    parser.add_argument("--small", action="store_true", help="200,000: to see that it works")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    random.seed(7)
    with place.database() as database:
        report = _report(database, 2 * FEW if arguments.small else arguments.journals)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(database: Database, journals: int) -> str:
    books = _Books(database)
    found = []
    for size in (FEW, journals):
        books.grow(size)
        found.append({name: measure() for name, measure in books.measures.items()})
    verified, took_s = books.verified()
    rows = [
        f"| {name} | {few:,.2f} | {many:,.2f} | {many / few:.2f} |"
        for name, few, many in ((n, found[0][n], found[1][n]) for n in books.measures)
    ]
    return "\n".join(
        [
            f"# Books: behind {FEW:,} journals and behind {journals:,}, {CARDS:,} cards",
            "",
            place.machine(database),
            "",
            "| median | few | many | many / few |",
            "|---|---|---|---|",
            *rows,
            "",
            f"Verified {verified:,} journals, {60 * verified / took_s:,.0f} a minute.",
        ]
    )


class _Books:
    """A tenant's ledger that grows day by day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._moment = BEGINNING
        self._journals = 0
        self.measures: dict[str, Callable[[], float]] = {
            f"posting, ms a batch of {BATCH}": self._posting,
            "card statement of 50 lines, ms": self._statement,
            f"daily close of {DAY_JOURNALS:,} journals, ms": self._close,
        }
        self._open()

    def grow(self, journals: int) -> None:
        """Write history up to so many journals, over ten days, sealed and closed."""
        for day in range(1, DAYS + 1):
            due = (journals - self._journals) // (DAYS - day + 1)
            for written in range(0, due, CHUNK):
                self._past(min(CHUNK, due - written))
            self._next_day()
        with self._database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("vacuum analyze"))

    def verified(self) -> tuple[int, float]:
        """Journals that verify, and the seconds that it took."""
        with self._database.transaction() as uow:
            ledger.seal(uow)
        began = time.perf_counter()
        with self._database.transaction() as uow:
            outcome = ledger.verify(uow)
        assert outcome.ok, outcome.differences
        return outcome.journals, time.perf_counter() - began

    def _open(self) -> None:
        for first in range(0, CARDS, CHUNK // 10):
            moves = [
                ledger.Credit(str(_card_no(no)), OPENED_FEN)
                for no in range(first, min(CARDS, first + CHUNK // 10))
            ]
            self._post("open", moves)
        self._post("first", [ledger.Pour(str(_card_no(0)), POUR_FEN)])
        self._journals = CARDS + 1

    def _past(self, count: int) -> None:
        values = {"count": count, "cards": CARDS, "fen": POUR_FEN, "moment": self._moment}
        with self._database.transaction() as uow:
            uow.session.execute(text(HISTORY), values | {"tenant": TENANT})
        self._journals += count

    def _post(self, kind: str, movements: Sequence[ledger.Movement]) -> float:
        """Post one batch; the milliseconds that it took."""
        commands = [
            ledger.Command(
                key=f"{kind}:{self._journals + number}",
                kind=kind,
                event_at=self._moment,
                movement=movement,
                content="",
            )
            for number, movement in enumerate(movements)
        ]
        self._journals += len(commands)
        with clock.frozen(self._moment), _timed() as took_ms, self._database.transaction() as uow:
            ledger.post(uow, tenant_id=TENANT, commands=commands)
        return took_ms[0]

    def _posting(self) -> float:
        def batch() -> list[ledger.Pour]:
            return [
                ledger.Pour(str(_card_no(random.randrange(CARDS))), POUR_FEN) for _ in range(BATCH)
            ]

        return median(self._post("pour", batch()) for _ in range(BATCHES))

    def _statement(self) -> float:
        def once() -> float:
            code = f"card:{_card_no(random.randrange(CARDS))}:principal"
            with self._database.transaction() as uow, _timed() as took_ms:
                ledger.statement(uow, tenant_id=TENANT, code=code)
            return took_ms[0]

        return median(once() for _ in range(STATEMENTS))

    def _close(self) -> float:
        """Of days like the one that `posting` has just made; sealing is done meanwhile, as ever."""
        times = [self._next_day()]
        for _ in range(2):
            self._posting()
            times.append(self._next_day())
        return median(times)

    def _next_day(self) -> float:
        """Close the day; the milliseconds that it took."""
        day: date = clock.business_date(self._moment)
        self._moment += timedelta(days=1)
        with self._database.transaction() as uow:
            ledger.seal(uow)
        with clock.frozen(self._moment), _timed() as took_ms, self._database.transaction() as uow:
            ledger.close_day(uow, tenant_id=TENANT, day=day, actor="bench")
        return took_ms[0]


@contextmanager
def _timed() -> Iterator[list[float]]:
    """The milliseconds that the block takes, once it is left."""
    took_ms: list[float] = []
    began = time.perf_counter()
    yield took_ms
    took_ms.append(1000 * (time.perf_counter() - began))


def _card_no(number: int) -> int:
    return 88_000_000 + number


if __name__ == "__main__":
    main()

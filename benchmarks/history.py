"""A long history of the books, as the product would have written it, at the speed of COPY.

Pours of many machines and cards, days of them: rows, balances, account versions, seals and closes
are those that `ledger.post`, `ledger.seal` and `ledger.close_day` make; `ledger.verify` finds
nothing.
"""

import hashlib
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tapline import clock, ledger
from tapline.ledger.seals.merkle import leaf
from tapline.ledger.seals.rules import GENESIS, SEAL_JOURNALS, over
from tapline.uow import Database, UnitOfWork

TENANT = "bench"
CARDS, MACHINES = 50_000, 2_000
OPENED_FEN = 10**9
BEGINNING = datetime(2026, 1, 1, 4, tzinfo=UTC)
CHUNK = 20_000
"""Journals a transaction of the history, and a whole number of seals."""

_JOURNALS = """
copy ledger_journal (journal_id, tenant_id, key, command_hash, kind, phase, event_at, recorded_at,
                     source) from stdin
"""
_ENTRIES = """
copy ledger_entry (journal_id, line, account_id, side, amount, pending, cover, account_version,
                   balance_after) from stdin
"""
_SEALS = """
insert into ledger_seal (tenant_id, seq, biz_date, upto_txid, upto_journal_id, journals,
                         previous_hash, root, leaves, hash, sealed_at)
values (%s, %s, %s, pg_current_xact_id(), %s, %s, %s, %s, %s, %s, %s)
"""
_CLOSE = """
insert into ledger_close (tenant_id, biz_date, seal_seq, seal_hash, journals, sums, breaks, actor,
                          closed_at)
values (%s, %s, %s, %s, %s, %s, '[]', 'bench', %s)
"""
_ASSERTIONS = """
copy ledger_assertion (account_id, biz_date, tenant_id, debit, credit, balance, entries,
                       first_version, last_version) from stdin
"""
_BALANCES = """
update ledger_account account
set d_posted = d_posted + debit, c_posted = c_posted + credit, version = new.version
from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    as new(account_id, debit, credit, version)
where account.account_id = new.account_id
"""

# Both are asked for at random places: built once behind the rows, they cost a tenth.
_UNIQUE = (
    ("ledger_journal", "uq_ledger_journal_tenant_id_key", "unique (tenant_id, key)"),
    (
        "ledger_entry",
        "uq_ledger_entry_account_id_account_version",
        "unique (account_id, account_version)",
    ),
)


class History:
    """A tenant's books from `BEGINNING` on; whoever posts to them meanwhile uses `key`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._random = random.Random(7)
        self._facts = [0] * MACHINES
        self._seal, self._head = 0, GENESIS
        self.moment = BEGINNING

    def key(self) -> str:
        """The key of the next fact of a machine chosen at random."""
        machine = self._random.randrange(MACHINES)
        self._facts[machine] += 1
        return f"dev:WD-{machine:06}:{self._facts[machine]}"

    def write(self, journals: int, days: int) -> None:
        """`journals` pours over `days` days behind one opening balance a card."""
        self._open()
        self.close()
        self._read_accounts()
        with self._bulk():
            for day in range(1, days + 1):
                self.next_day()
                due = (journals - CARDS - 1) * day // days
                self._day(due - sum(self._facts) + 1)
            self._keep_balances()
        self.next_day()

    def next_day(self) -> None:
        """What comes now happens a day later."""
        self.moment += timedelta(days=1)

    def close(self) -> None:
        """Close this day, on the next."""
        day = clock.business_date(self.moment)
        with clock.frozen(self.moment + timedelta(days=1)), self._database.transaction() as uow:
            ledger.close_day(uow, tenant_id=TENANT, day=day, actor="bench")

    def _open(self) -> None:
        moves: list[ledger.Movement] = [
            ledger.Credit(card_no(number), OPENED_FEN) for number in range(CARDS)
        ]
        commands = [
            ledger.Command(
                key=f"open:{number}", kind="open", event_at=BEGINNING, movement=move, content=""
            )
            for number, move in enumerate(moves)
        ]
        commands.append(
            ledger.Command(
                key=self.key(),
                kind="pour",
                event_at=BEGINNING,
                movement=ledger.Pour(card_no(0), 100),
                content="",
            )
        )
        for first in range(0, len(commands), CHUNK):
            with clock.frozen(BEGINNING), self._database.transaction() as uow:
                ledger.post(uow, tenant_id=TENANT, commands=commands[first : first + CHUNK])
        with clock.frozen(BEGINNING), self._database.transaction() as uow:
            ledger.seal(uow)

    def _read_accounts(self) -> None:
        codes = ["rev:water", *(f"card:{card_no(number)}:principal" for number in range(CARDS))]
        with self._database.transaction() as uow:
            found = ledger.balances(uow, tenant_id=TENANT, codes=codes)
            head = ledger.heads(uow, tenant_id=TENANT, limit=1)[0]
            rows = _cursor(uow).execute("select max(journal_id) from ledger_journal")
            self._journal_id = rows.fetchone()[0]
        self._seal, self._head = head.seq, head.hash
        self._codes = codes
        self._balances = [found[code] for code in codes]
        self._posted = [balance.posted for balance in self._balances]
        self._versions = [balance.version for balance in self._balances]

    def _day(self, pours: int) -> None:
        """A day's pours, and its close."""
        posted, versions = [*self._posted], [*self._versions]
        for written in range(0, pours, CHUNK):
            with self._database.transaction() as uow:
                self._chunk(uow, min(CHUNK, pours - written))
        day = clock.business_date(self.moment)
        moved_fen = self._posted[0] - posted[0]
        sums = json.dumps({"CNY.fen": [moved_fen, moved_fen]})
        with self._database.transaction() as uow:
            cursor = _cursor(uow)
            values = (TENANT, day, self._seal, self._head, pours, sums, self.moment)
            cursor.execute(_CLOSE, values)
            with cursor.copy(_ASSERTIONS) as copy:
                for number, balance in enumerate(self._balances):
                    after, last = self._posted[number], self._versions[number]
                    entries, gain = last - versions[number], after - posted[number]
                    if entries:
                        copy.write(
                            f"{balance.account_id}\t{day}\t{TENANT}\t{max(-gain, 0)}"
                            f"\t{max(gain, 0)}\t{after}\t{entries}\t{last - entries + 1}\t{last}\n"
                        )

    def _chunk(self, uow: UnitOfWork, count: int) -> None:
        """One transaction of pours, sealed."""
        journals, entries, leaves = zip(*self._rows(count), strict=True)
        cursor = _cursor(uow)
        for statement, rows in ((_JOURNALS, journals), (_ENTRIES, entries)):
            with cursor.copy(statement) as copy:
                copy.write("".join(rows))
        day, first_id = clock.business_date(self.moment), self._journal_id - count
        for first in range(0, count, SEAL_JOURNALS):
            seal = over(self._seal + 1, self._head, leaves[first : first + SEAL_JOURNALS])
            upto = first_id + first + seal.journals
            values = (TENANT, seal.seq, day, upto, seal.journals, *seal[2:], self.moment)
            cursor.execute(_SEALS, values)
            self._seal, self._head = seal.seq, seal.hash

    def _rows(self, count: int) -> Iterator[tuple[str, str, bytes]]:
        """A journal, its two entries, and its leaf, each as it is stored."""
        choose = self._random.randrange
        ids = [balance.account_id for balance in self._balances]
        posted, versions, codes = self._posted, self._versions, self._codes
        moment, micros = self.moment.isoformat(), int(self.moment.timestamp()) * 1_000_000
        for _ in range(count):
            self._journal_id += 1
            number, key = self._journal_id, self.key()
            card, fen = choose(1, CARDS + 1), choose(50, 300)
            hashed = hashlib.sha256(b"pour\0").hexdigest()
            posted[card] -= fen
            posted[0] += fen
            versions[card] += 1
            versions[0] += 1
            yield (
                f"{number}\t{TENANT}\t{key}\t\\\\x{hashed}\tpour\tsingle\t{moment}\t{moment}\t{{}}\n",
                f"{number}\t1\t{ids[0]}\tC\t{fen}\tf\tf\t{versions[0]}\t{posted[0]}\n"
                f"{number}\t2\t{ids[card]}\tD\t{fen}\tf\tf\t{versions[card]}\t{posted[card]}\n",
                leaf(
                    f"{number}|{len(TENANT)}:{TENANT}|{len(key)}:{key}|{hashed}|4:pour|single|0"
                    f"|{micros}|{micros}|0"
                    f"|1:9:rev:water:7:CNY.fen:C:{fen}:0:0:{versions[0]}:{posted[0]}"
                    f",2:{len(codes[card])}:{codes[card]}:7:CNY.fen:D:{fen}:0:0"
                    f":{versions[card]}:{posted[card]}"
                ),
            )

    def _keep_balances(self) -> None:
        changed = [
            (
                before.account_id,
                max(before.posted - after, 0),
                max(after - before.posted, 0),
                version,
            )
            for before, after, version in zip(
                self._balances, self._posted, self._versions, strict=True
            )
        ]
        with self._database.transaction() as uow:
            cursor = _cursor(uow)
            cursor.execute(_BALANCES, [list(column) for column in zip(*changed, strict=True)])
            cursor.execute("select setval('ledger_journal_journal_id_seq', %s)", [self._journal_id])

    @contextmanager
    def _bulk(self) -> Iterator[None]:
        """Without what guards strangers' writes: all of it is proved afterwards, by `verify`."""
        self._run("alter table ledger_entry disable trigger ledger_entry_balanced")
        for table, name, _ in _UNIQUE:
            self._run(f"alter table {table} drop constraint {name}")
        yield
        for table, name, definition in _UNIQUE:
            self._run(f"alter table {table} add constraint {name} {definition}")
        self._run("alter table ledger_entry enable trigger ledger_entry_balanced")
        with self._database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql("vacuum analyze")

    def _run(self, statement: str) -> None:
        with self._database.transaction() as uow:
            _cursor(uow).execute(f"set local maintenance_work_mem = '1GB'; {statement}")


def card_no(number: int) -> str:
    """Of the card with this number, from 0."""
    return f"{88_000_000 + number}"


def _cursor(uow: UnitOfWork) -> Any:
    """The driver's own: COPY is its affair."""
    return uow.session.connection().connection.cursor()

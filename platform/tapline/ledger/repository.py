"""Posting, set-based: a batch costs the same few statements whatever its size."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tapline import bulk, clock
from tapline.ledger import chart
from tapline.ledger.chart import Account
from tapline.ledger.commands import Command
from tapline.ledger.rules import Balance, Balances, Entry, Line
from tapline.uow import UnitOfWork

READ = """
select code, side, bounded, unit,
       side, d_posted, c_posted, d_pending, c_pending, lent, version, account_id
from ledger_account
where tenant_id = %(tenant_id)s and code = any(%(codes)s::text[])
"""

# In an order that all writers share, and in a statement of its own: what is read is then current.
LOCK = f"{READ} order by account_id for no key update"

OPEN = """
insert into ledger_account (tenant_id, code, unit, side, bounded)
select %(tenant_id)s, code, unit, side, bounded
from unnest(%(codes)s::text[], %(units)s::text[], %(sides)s::text[], %(bounded)s::bool[])
    as missing(code, unit, side, bounded)
order by code, unit
on conflict do nothing
returning code, unit, account_id
"""

HOLDS = """
select journal_id, key, code, unit, account.side, bounded, entry.side, amount
from ledger_journal
join ledger_entry entry using (journal_id)
join ledger_account account using (account_id)
where ledger_journal.tenant_id = %(tenant_id)s and key = any(%(keys)s::text[]) and phase = 'pending'
order by journal_id, line
"""

# What stands under the keys, and a new number for each.
RECORDED = """
select key, journal_id, command_hash from ledger_journal
where tenant_id = %(tenant_id)s and key = any(%(keys)s::text[])
union all
select null, nextval('ledger_journal_journal_id_seq'), null from generate_series(1, %(count)s)
"""

RESOLVED = "select parent_id from ledger_journal where parent_id = any(%(journal_ids)s::bigint[])"

WRITE = """
with journal as (
    insert into ledger_journal (journal_id, tenant_id, key, command_hash, kind, phase, parent_id,
                                event_at, recorded_at, expires_at, source)
    overriding system value
    select journal_id, %(tenant_id)s, key, command_hash, kind, phase, parent_id,
           event_at, %(recorded_at)s, expires_at, source
    from unnest(%(journal_id)s::bigint[], %(key)s::text[], %(command_hash)s::bytea[],
                %(kind)s::text[], %(phase)s::text[], %(parent_id)s::bigint[],
                %(event_at)s::timestamptz[], %(expires_at)s::timestamptz[], %(source)s::jsonb[])
        as new(journal_id, key, command_hash, kind, phase, parent_id, event_at, expires_at, source)
), entry as (
    insert into ledger_entry (journal_id, line, account_id, side, amount, pending, cover,
                              account_version, balance_after)
    select * from unnest(%(entry_journal_id)s::bigint[], %(line)s::smallint[],
                         %(account_id)s::bigint[], %(side)s::text[], %(amount)s::bigint[],
                         %(pending)s::bool[], %(cover)s::bool[], %(account_version)s::bigint[],
                         %(balance_after)s::bigint[])
)
update ledger_account account
set d_posted = new.d_posted, c_posted = new.c_posted, d_pending = new.d_pending,
    c_pending = new.c_pending, lent = new.lent, version = new.version
from unnest(%(ids)s::bigint[], %(d_posted)s::bigint[], %(c_posted)s::bigint[],
            %(d_pending)s::bigint[], %(c_pending)s::bigint[], %(lent)s::bigint[],
            %(version)s::bigint[])
    as new(account_id, d_posted, c_posted, d_pending, c_pending, lent, version)
where account.account_id = new.account_id
"""


class Recorded(NamedTuple):
    """What stands in the journal under a key."""

    journal_id: int
    command_hash: bytes


class HeldJournal(NamedTuple):
    """A pending journal and the lines it reserved, in pairs of debit and credit."""

    journal_id: int
    lines: tuple[Line, ...]


class Draft(NamedTuple):
    """A journal to be written with its entries."""

    command: Command
    command_hash: bytes
    journal_id: int
    parent_id: int | None
    entries: Sequence[Entry]


class _Locked(dict[Account, Balance]):
    """What is locked. A purse that was never posted to holds nothing."""

    def __missing__(self, account: Account) -> Balance:
        if not account.guarded:
            raise KeyError(f"{account.code} is touched and was not named, so it is not locked")
        self[account] = Balance(account.side)
        return self[account]


class LedgerRepository:
    """The journal of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._connection = uow.session.connection()
        self._tenant_id = tenant_id

    def lock(self, accounts: Collection[Account]) -> Balances:
        """Lock the accounts for the rest of the transaction and read them; missing ones open. A
        card's principal stands for its purses, which open when they are written."""
        balances = self._read(LOCK, accounts)
        if missing := [account for account in accounts if account not in balances]:
            self._open(missing)
            balances = self._read(LOCK, accounts)
        cards = filter(None, map(chart.card_of, accounts))
        if purses := {purse for card in cards for purse in card if purse.guarded}:
            # Now that the principals are ours: whoever had them before may just have opened these,
            # which a statement that waited for him does not see.
            balances.update(self._read(READ, purses))
        return balances

    def holds(self, keys: Sequence[str]) -> dict[str, HeldJournal]:
        """The pending journals under `keys`; a key without one is absent."""
        if not keys:
            return {}
        holds: dict[str, HeldJournal] = {}
        for row in self._rows(HOLDS, keys=bulk.texts(keys)):
            journal_id, key, code, unit, own_side, bounded, side, amount = row
            line = Line(Account(code, own_side, bounded, unit), side, amount)
            before = holds.get(key, HeldJournal(journal_id, ()))
            holds[key] = HeldJournal(journal_id, (*before.lines, line))
        return holds

    def recorded(self, keys: Sequence[str]) -> tuple[dict[str, Recorded], Iterator[int]]:
        """The journals under `keys`, and ascending numbers for as many new ones; a key never
        posted is absent."""
        rows = self._rows(RECORDED, keys=bulk.texts(keys), count=len(keys))
        recorded = {key: Recorded(number, bytes(hash_)) for key, number, hash_ in rows if key}
        return recorded, (number for key, number, _ in rows if key is None)

    def resolved(self, journal_ids: Sequence[int]) -> set[int]:
        """Those of the holds that were posted or voided."""
        if not journal_ids:
            return set()
        return {row[0] for row in self._rows(RESOLVED, journal_ids=bulk.array(journal_ids))}

    def write(self, drafts: Sequence[Draft], balances: Balances) -> None:
        """Append the journals with their entries, and store the balances they lead to."""
        unopened = [
            a for a, balance in balances.items() if balance.changed and not balance.account_id
        ]
        if unopened:
            for account, account_id in self._open(unopened).items():
                balances[account].account_id = account_id
        if drafts:
            self._execute(
                WRITE,
                recorded_at=clock.now(),
                **_journals(drafts),
                **_entries(drafts),
                **_counters(balances),
            )

    def _read(self, statement: str, accounts: Iterable[Account]) -> _Locked:
        rows = self._rows(statement, codes=bulk.texts({account.code for account in accounts}))
        return _Locked((Account(*row[:4]), Balance(*row[4:])) for row in rows)

    def _open(self, accounts: Sequence[Account]) -> dict[Account, int]:
        """Create the accounts; those that a rival created first are not in the answer."""
        wanted = {(account.code, account.unit): account for account in accounts}
        rows = self._rows(
            OPEN,
            codes=bulk.texts([account.code for account in accounts]),
            units=bulk.texts([account.unit for account in accounts]),
            sides=bulk.array(account.side for account in accounts),
            bounded=bulk.array(account.bounded for account in accounts),
        )
        return {wanted[code, unit]: account_id for code, unit, account_id in rows}

    def _execute(self, statement: str, **values: object) -> Any:
        return self._connection.exec_driver_sql(statement, {"tenant_id": self._tenant_id, **values})

    def _rows(self, statement: str, **values: object) -> Sequence[Any]:
        return self._execute(statement, **values).cursor.fetchall()  # type: ignore[no-any-return]


def _journals(drafts: Sequence[Draft]) -> dict[str, str]:
    commands = [draft.command for draft in drafts]
    return {
        "journal_id": bulk.array([draft.journal_id for draft in drafts]),
        "key": bulk.texts([command.key for command in commands]),
        "command_hash": bulk.texts([rf"\x{draft.command_hash.hex()}" for draft in drafts]),
        "kind": bulk.texts([command.kind for command in commands]),
        "phase": bulk.array([command.movement.phase for command in commands]),
        "parent_id": bulk.array([draft.parent_id or "null" for draft in drafts]),
        "event_at": bulk.array([command.event_at.isoformat() for command in commands]),
        "expires_at": bulk.array(
            [
                command.expires_at.isoformat() if command.expires_at else "null"
                for command in commands
            ]
        ),
        "source": bulk.texts([json.dumps(command.source) for command in commands]),
    }


def _entries(drafts: Sequence[Draft]) -> dict[str, str]:
    entries = [entry for draft in drafts for entry in draft.entries]
    return {
        "entry_journal_id": bulk.array([d.journal_id for d in drafts for _ in d.entries]),
        "line": bulk.array([line for d in drafts for line in range(1, len(d.entries) + 1)]),
        "account_id": bulk.array([entry.balance.account_id for entry in entries]),
        "side": bulk.array([entry.side for entry in entries]),
        "amount": bulk.array([entry.amount for entry in entries]),
        "pending": bulk.array([entry.pending for entry in entries]),
        "cover": bulk.array([entry.cover for entry in entries]),
        "account_version": bulk.array([entry.account_version for entry in entries]),
        "balance_after": bulk.array([entry.balance_after for entry in entries]),
    }


def _counters(balances: Balances) -> dict[str, str]:
    changed = [balance for balance in balances.values() if balance.changed]
    return {
        "ids": bulk.array([balance.account_id for balance in changed]),
        "d_posted": bulk.array([balance.d_posted for balance in changed]),
        "c_posted": bulk.array([balance.c_posted for balance in changed]),
        "d_pending": bulk.array([balance.d_pending for balance in changed]),
        "c_pending": bulk.array([balance.c_pending for balance in changed]),
        "lent": bulk.array([balance.lent for balance in changed]),
        "version": bulk.array([balance.version for balance in changed]),
    }

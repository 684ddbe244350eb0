"""The named questions that the books answer; all set-based."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import text

from tapline.ledger.books.rules import Days, Journal, JournalLine, StatementLine, TrialRow
from tapline.ledger.chart import Account
from tapline.ledger.rules import Balance
from tapline.uow import UnitOfWork

BALANCES = text("""
select code, side, d_posted, c_posted, d_pending, c_pending, lent, version, account_id
from ledger_account
where tenant_id = :tenant_id and unit = :unit and code = any(:codes)
""")

TRIAL = text("""
select code, unit, side, d_posted as debit, c_posted as credit,
       case side when 'C' then c_posted - d_posted else d_posted - c_posted end as balance,
       case side when 'C' then d_pending else c_pending end as held
from ledger_account
where tenant_id = :tenant_id and version > 0
order by code, unit
""")

LINES = """
select journal_id, key, kind, event_at, recorded_at, code, unit, entry.side, amount, pending,
       balance_after, account_version as version
from ledger_entry entry
join ledger_journal journal using (journal_id)
join ledger_account account using (account_id)
where account.tenant_id = :tenant_id
"""

# A page is cut from the account's entries before their journals are looked up, and its account is
# known before it is cut: all that a busy account ever had would be read otherwise.
STATEMENT = text("""
select journal_id, key, kind, event_at, recorded_at, code, unit, entry.side, amount, pending,
       balance_after, account_version as version
from (
    select * from ledger_entry
    where account_id = (select account_id from ledger_account
                        where tenant_id = :tenant_id and code = :code and unit = :unit)
      and account_version < coalesce(:before, 9223372036854775807)
    order by account_version desc
    limit :limit
) entry
join ledger_journal journal using (journal_id)
join ledger_account account using (account_id)
order by account_version desc
""")

# Closes say between which versions days lie, so that a range long ago costs no more than one of
# today. A closed day more at either end: commits may have crossed midnight.
STATEMENT_OF_DAYS = text(
    LINES  # noqa: S608 (a constant)
    + """
and account_id = (select account_id from ledger_account
                  where tenant_id = :tenant_id and code = :code and unit = :unit)
and account_version < coalesce(:before, 9223372036854775807)
and account_version >= coalesce((
    select first_version from ledger_assertion asserted
    where asserted.account_id = account.account_id and biz_date < :first_day
    order by biz_date desc limit 1), 1)
and account_version <= coalesce((
    select last_version from ledger_assertion asserted
    where asserted.account_id = account.account_id and biz_date > :last_day
    order by biz_date limit 1), 9223372036854775807)
and recorded_at >= :begins_at and recorded_at < :ends_at
order by account_version desc
limit :limit
"""
)

JOURNAL = text("""
select journal.journal_id, key, kind, phase, event_at, recorded_at, expires_at, source,
       command_hash, parent_id,
       (select journal_id from ledger_journal where parent_id = journal.journal_id) as resolved_by,
       (select journal_id from ledger_journal back
        where back.tenant_id = journal.tenant_id and back.key = 'rev:' || journal.key)
           as reversed_by
from ledger_journal journal
where tenant_id = :tenant_id and (journal.journal_id = :journal_id or journal.key = :key)
""")

JOURNAL_LINES = text("""
select code, account.side, bounded, unit, entry.side, amount, pending, cover, account_version,
       balance_after
from ledger_entry entry join ledger_account account using (account_id)
where journal_id = :journal_id order by line
""")

NAMED = text("""
select code, side, bounded, unit from ledger_account
where tenant_id = :tenant_id and code = :code and unit = :unit
""")

ENTRIES_FOR_KEYS = text(
    LINES + "and journal.tenant_id = :tenant_id and key = any(:keys) order by journal_id, line"
)

# A card's journals are its own: what stands across from it there came to it or went from it.
COUNTERPARTS = text("""
select other.code, sum(case entry.side when 'D' then amount else -amount end)::bigint as fen
from ledger_entry entry
join ledger_account other using (account_id)
where other.tenant_id = :tenant_id and other.unit = 'CNY.fen' and not entry.pending
  and other.code <> all(:codes)
  and entry.journal_id in (
    select own.journal_id from ledger_entry own join ledger_account account using (account_id)
    where account.tenant_id = :tenant_id and account.code = any(:codes) and not own.pending
  )
group by other.code
""")

EXPORT = text("""
select journal_id as journal, code as account, unit, entry.side, amount as amount_fen, pending
from ledger_entry entry
join ledger_account using (account_id)
order by journal_id, line
""")


class ExportedEntry(NamedTuple):
    """One line as the auditor gets it; `amount_fen` counts the account's unit."""

    journal: int
    account: str
    unit: str
    side: str
    amount_fen: int
    pending: bool


class BooksRepository:
    """The books of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def balances(self, codes: Sequence[str], unit: str) -> dict[str, Balance]:
        """The accounts in `unit` among `codes`."""
        rows = self._rows(BALANCES, codes=list(codes), unit=unit)
        return {row[0]: Balance(*row[1:]) for row in rows}

    def trial(self) -> list[TrialRow]:
        """Every account."""
        return [TrialRow(*row) for row in self._rows(TRIAL)]

    def statement(
        self, code: str, unit: str, limit: int, before: int | None, days: Days | None
    ) -> list[StatementLine]:
        """The newest entries below version `before`, of those `days` alone."""
        values = {"code": code, "unit": unit, "limit": limit, "before": before}
        rows = (
            self._rows(STATEMENT_OF_DAYS, **values, **days.bounds)
            if days
            else self._rows(STATEMENT, **values)
        )
        return [StatementLine(*row) for row in rows]

    def journal(self, *, journal_id: int | None = None, key: str | None = None) -> Journal | None:
        """One journal with its lines."""
        for row in self._rows(JOURNAL, journal_id=journal_id, key=key):
            lines = self._rows(JOURNAL_LINES, journal_id=row.journal_id)
            return Journal(
                **row._mapping,
                lines=[JournalLine(Account(*line[:4]), *line[4:]) for line in lines],
            )
        return None

    def named(self, code: str, unit: str) -> Account | None:
        """The account, if it is open."""
        rows = self._rows(NAMED, code=code, unit=unit)
        return Account(*rows[0]) if rows else None

    def entries_for_keys(self, keys: Sequence[str]) -> dict[str, list[StatementLine]]:
        """The lines of the journals under `keys`."""
        found: dict[str, list[StatementLine]] = {key: [] for key in keys}
        for row in self._rows(ENTRIES_FOR_KEYS, keys=list(keys)):
            line = StatementLine(*row)
            found[line.key].append(line)
        return found

    def counterparts(self, codes: Sequence[str]) -> dict[str, int]:
        """What accounts beyond `codes` gave them, net."""
        return {row[0]: row[1] for row in self._rows(COUNTERPARTS, codes=list(codes))}

    @staticmethod
    def export(uow: UnitOfWork) -> Iterator[ExportedEntry]:
        """All tenants: an operator's export, not a page's question."""
        with uow.session.execute(EXPORT, execution_options={"yield_per": 10_000}) as rows:
            for row in rows:
                yield ExportedEntry(*row)

    def _rows(self, statement: Any, **values: object) -> Sequence[Any]:
        return self._session.execute(statement, {"tenant_id": self._tenant_id, **values}).all()

"""Questions of the close. None reads more than the days that are still open have moved."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select, text

from tapline.ledger.closes.model import LedgerClose
from tapline.ledger.closes.rules import Asserted, Restated
from tapline.uow import UnitOfWork

# In the order in which the sealer walks.
BETWEEN = """
  journal.tenant_id = :tenant_id
  and (journal.txid, journal.journal_id) > (cast(:after_txid as xid8), :after_journal_id)
  and (journal.txid, journal.journal_id) <= (cast(:upto_txid as xid8), :upto_journal_id)
"""

# Of each of these journals, looked up (`offset 0` is a fence): the planner takes a day for more
# than it is, or its accounts for fewer, and would read every entry there is or try all pairs.
ENTRIES = """
cross join lateral (
    select * from ledger_entry where ledger_entry.journal_id = journal.journal_id offset 0
) entry
"""

SIGNED = "case when entry.side = account.side then amount else -amount end"

FIRST_DAY = text("select min(biz_date) from ledger_seal where tenant_id = :tenant_id")

CUT = text("""
select seq, hash, upto_txid::text, upto_journal_id from ledger_seal
where tenant_id = :tenant_id and biz_date <= :day
order by biz_date desc, seq desc limit 1
""")

# In order and with a limit, so that it starts where the seals end: without, all is read.
WAITING = text("""
select count(*)
from (
    select recorded_at from ledger_journal journal
    where journal.tenant_id = :tenant_id
      and (journal.txid, journal_id) > (coalesce(
              (select upto_txid from ledger_seal where tenant_id = :tenant_id
               order by seq desc limit 1), '0'::xid8),
          coalesce((select upto_journal_id from ledger_seal where tenant_id = :tenant_id
               order by seq desc limit 1), 0))
    order by journal.txid, journal_id
    limit 100000
) unsealed
where recorded_at < :ends_at
""")

# What the journals between two cuts moved, with the balances that they led to.
MOVED = f"""
select moved.account_id, account.code, debit, credit, entries, first_version, last_version,
       coalesce(earlier.balance, 0)
           + case account.side when 'C' then credit - debit else debit - credit end as balance
from (
    select account_id,
           coalesce(sum(amount) filter (where not pending and side = 'D'), 0)::bigint as debit,
           coalesce(sum(amount) filter (where not pending and side = 'C'), 0)::bigint as credit,
           count(*) as entries, min(account_version) as first_version,
           max(account_version) as last_version
    from ledger_journal journal {ENTRIES}
    where {BETWEEN}
    group by account_id
) moved
cross join lateral (
    select code, side from ledger_account where account_id = moved.account_id offset 0
) account
left join lateral (
    select balance from ledger_assertion earlier
    where earlier.account_id = moved.account_id and earlier.biz_date < :day
    order by earlier.biz_date desc limit 1
) earlier on true
"""  # noqa: S608 (a constant)

ASSERT = text(f"""
insert into ledger_assertion (account_id, biz_date, tenant_id, debit, credit, balance, entries,
                              first_version, last_version)
select account_id, :day, :tenant_id, debit, credit, balance, entries, first_version, last_version
from ({MOVED}) moved
""")  # noqa: S608

ASSERTED = text("""
select code, unit, debit, credit, balance, entries
from ledger_assertion join ledger_account using (account_id)
where ledger_assertion.tenant_id = :tenant_id and biz_date = :day
  and (:cards or code not like 'card:%')
order by code, unit
""")

SUMS = text("""
select unit, sum(debit)::bigint, sum(credit)::bigint
from ledger_assertion join ledger_account using (account_id)
where ledger_assertion.tenant_id = :tenant_id and biz_date = :day group by unit order by unit
""")

JOURNALS = text("""
select coalesce(sum(journals), 0)::bigint from ledger_seal
where tenant_id = :tenant_id and seq > :after_seq and seq <= :upto_seq
""")

RESTATED = text(f"""
select code, unit, account.side,
       coalesce(sum(amount) filter (where entry.side = 'D'), 0)::bigint,
       coalesce(sum(amount) filter (where entry.side = 'C'), 0)::bigint, count(*)
from ledger_journal journal {ENTRIES}
join ledger_account account using (account_id)
where {BETWEEN}
  and event_at >= :begins_at and event_at < :ends_at and not pending
group by code, unit, account.side
order by code, unit
""")  # noqa: S608

NOT_AS_ASSERTED = text(f"""
select coalesce(moved.code, account.code) as code
from ({MOVED}) moved
full join (
    select * from ledger_assertion where tenant_id = :tenant_id and biz_date = :day
) asserted using (account_id)
left join ledger_account account using (account_id)
where (moved.debit, moved.credit, moved.balance, moved.entries)
    is distinct from (asserted.debit, asserted.credit, asserted.balance, asserted.entries)
order by 1 limit 20
""")  # noqa: S608


class Cut(NamedTuple):
    """Where a day ends among the journals: its last seal, and the journal that this ends with."""

    seq: int
    hash: bytes
    txid: str
    journal_id: int


BEGINNING = Cut(0, bytes(32), "0", 0)
NOW = Cut(0, bytes(32), str(2**64 - 1), 2**63 - 1)
"""Behind everything that there is."""


def between(tenant_id: str, after: Cut, upto: Cut) -> dict[str, Any]:
    """The values for `BETWEEN`."""
    return {
        "tenant_id": tenant_id,
        "after_txid": after.txid,
        "after_journal_id": after.journal_id,
        "upto_txid": upto.txid,
        "upto_journal_id": upto.journal_id,
    }


class CloseRepository:
    """The closes of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def last(self) -> LedgerClose | None:
        """The newest close."""
        return next(iter(self.listed(1)), None)

    def listed(self, limit: int | None = None) -> Sequence[LedgerClose]:
        """Closes, newest first."""
        return self._session.scalars(
            select(LedgerClose)
            .where(LedgerClose.tenant_id == self._tenant_id)
            .order_by(LedgerClose.biz_date.desc())
            .limit(limit)
        ).all()

    def get(self, day: date) -> LedgerClose | None:
        """The close of `day`."""
        return self._session.get(LedgerClose, (self._tenant_id, day))

    def first_day(self) -> date | None:
        """The business day of the first journal that is sealed."""
        return self._rows(FIRST_DAY)[0][0]  # type: ignore[no-any-return]

    def cut(self, day: date) -> Cut:
        """Where `day` ends, as far as journals are sealed."""
        return next((Cut(*row) for row in self._rows(CUT, day=day)), BEGINNING)

    def waiting(self, ends_at: datetime) -> int:
        """How many journals recorded before `ends_at` are not sealed, of the next 100,000."""
        return int(self._rows(WAITING, ends_at=ends_at)[0][0])

    def add(self, close: LedgerClose) -> None:
        self._session.add(close)
        self._session.flush()

    def assert_balances(self, day: date, after: Cut, upto: Cut) -> dict[str, list[int]]:
        """Write down what each account moved and where it stands; the sums by unit."""
        self._session.execute(ASSERT, between(self._tenant_id, after, upto) | {"day": day})
        return {unit: [debit, credit] for unit, debit, credit in self._rows(SUMS, day=day)}

    def asserted(self, day: date, *, cards: bool) -> list[Asserted]:
        """What was asserted at the close of `day`."""
        return [Asserted(*row) for row in self._rows(ASSERTED, day=day, cards=cards)]

    def journals(self, after: Cut, upto: Cut) -> int:
        """How many journals lie between two cuts."""
        return int(self._rows(JOURNALS, after_seq=after.seq, upto_seq=upto.seq)[0][0])

    def restated(self, begins_at: datetime, ends_at: datetime, after: Cut) -> list[Restated]:
        """What journals behind the cut say about the time between, by account."""
        values = {"begins_at": begins_at, "ends_at": ends_at}
        rows = self._session.execute(RESTATED, between(self._tenant_id, after, NOW) | values).all()
        return [Restated(*row) for row in rows]

    def differing(self) -> Iterator[str]:
        """What closes and entries say against each other."""
        after = BEGINNING
        for close in reversed(self.listed()):
            upto = self.cut(close.biz_date)
            if (upto.seq, upto.hash) != (close.seal_seq, close.seal_hash):
                yield f"the close of {close.biz_date} does not end with seal {upto.seq}"
            values = between(self._tenant_id, after, upto) | {"day": close.biz_date}
            for code in self._session.scalars(NOT_AS_ASSERTED, values):
                yield f"the close of {close.biz_date} asserts something else of {code}"
            after = upto

    def _rows(self, statement: Any, **values: object) -> Sequence[Any]:
        return self._session.execute(statement, {"tenant_id": self._tenant_id, **values}).all()

"""Reads journals in the order in which they committed, and recounts what they should add up to."""

from collections.abc import Generator, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import insert, text

from tapline import clock
from tapline.ledger.model import LedgerSeal
from tapline.ledger.seals.rules import Difference, Seal, SealedText
from tapline.uow import UnitOfWork

# One step an index entry instead of one a journal.
TENANTS = text("""
with recursive tenant(id) as (
    (select tenant_id from ledger_journal order by tenant_id limit 1)
    union all
    select (select tenant_id from ledger_journal where tenant_id > id order by tenant_id limit 1)
    from tenant where id is not null
)
select id from tenant where id is not null
""")

# Fixed formats only: numbers, hexadecimal, microseconds since 1970, text after its length. Never
# JSON or a date as the server happens to print it.
CANONICAL = """
select journal.txid::text, journal_id, recorded_at,
       concat_ws('|', journal_id, octet_length(journal.tenant_id) || ':' || journal.tenant_id,
           octet_length(key) || ':' || key, encode(command_hash, 'hex'),
           octet_length(kind) || ':' || kind, phase, coalesce(parent_id, 0),
           (extract(epoch from event_at) * 1000000)::bigint,
           (extract(epoch from recorded_at) * 1000000)::bigint,
           coalesce((extract(epoch from expires_at) * 1000000)::bigint, 0),
           entries.text)
from ledger_journal journal
cross join lateral (
    select coalesce(string_agg(
        concat_ws(':', line, octet_length(code), code, octet_length(unit), unit, entry.side,
            amount, pending::int, cover::int, account_version, balance_after),
        ',' order by line), '') as text
    from ledger_entry entry
    left join ledger_account account using (account_id)
    where entry.journal_id = journal.journal_id
) entries
where journal.tenant_id = :tenant_id
"""

# A transaction below the oldest that still runs can gain no more journals: none is passed over.
NOT_YET_SEALED = """
  and (journal.txid, journal_id) > (coalesce(
          (select upto_txid from ledger_seal where tenant_id = :tenant_id
           order by seq desc limit 1), '0'::xid8),
      coalesce((select upto_journal_id from ledger_seal where tenant_id = :tenant_id
           order by seq desc limit 1), 0))
  and journal.txid < pg_snapshot_xmin(pg_current_snapshot())
order by journal.txid, journal_id
limit :limit
"""

UNSEALED = text(CANONICAL + NOT_YET_SEALED)

COMMITTED = text(CANONICAL + " order by journal.txid, journal_id")

HEAD = text("""
select seq, hash, biz_date from ledger_seal where tenant_id = :tenant_id order by seq desc limit 1
""")

# Nothing that comes now belongs to a day that was closed.
CLOSED = text("select max(biz_date) from ledger_close where tenant_id = :tenant_id")

CHAIN = text("""
select seq, journals, previous_hash, root, leaves, hash
from ledger_seal where tenant_id = :tenant_id order by seq
""")

COUNTS = text("""
select (select count(*) from ledger_journal where tenant_id = :tenant_id),
       (select coalesce(sum(journals), 0)::bigint from ledger_seal where tenant_id = :tenant_id)
""")

HEADS = text("""
select distinct on (biz_date) biz_date, seq, hash
from ledger_seal where tenant_id = :tenant_id order by biz_date desc, seq desc limit :limit
""")

SIGNED = "case when entry.side = account.side then amount else -amount end"

# Versions count from 1 without a gap, and every balance is the one before it plus the entry.
BROKEN_ENTRIES = text(f"""
select journal_id, code, account_version
from (
    select journal_id, code, account_version, balance_after,
           row_number() over running as due_version,
           sum(case when pending then 0 else {SIGNED} end) over running as due_balance
    from ledger_account account
    join ledger_entry entry using (account_id)
    where account.tenant_id = :tenant_id
    window running as (partition by account_id order by account_version)
) entry
where account_version <> due_version or balance_after <> due_balance
order by journal_id, account_version
limit 20
""")  # noqa: S608 (a constant)

# One pass over the entries, whatever the planner believes; a hold's end is looked up.
BROKEN_ACCOUNTS = text("""
select code
from ledger_account account
left join ledger_entry entry using (account_id)
left join lateral (
    select parent_id from ledger_journal where pending and parent_id = entry.journal_id offset 0
) resolved on true
where tenant_id = :tenant_id
group by account_id
having (version, d_posted, c_posted, d_pending, c_pending, lent) is distinct from (
    count(journal_id),
    coalesce(sum(amount) filter (where not pending and entry.side = 'D'), 0),
    coalesce(sum(amount) filter (where not pending and entry.side = 'C'), 0),
    coalesce(sum(amount) filter (where pending and parent_id is null and entry.side = 'D'), 0),
    coalesce(sum(amount) filter (where pending and parent_id is null and entry.side = 'C'), 0),
    coalesce(sum(case entry.side when 'D' then amount else -amount end) filter (where cover), 0))
order by code
limit 20
""")

UNBALANCED = text("""
select distinct journal_id
from ledger_journal journal
join ledger_entry entry using (journal_id)
join ledger_account account using (account_id)
where journal.tenant_id = :tenant_id
group by journal_id, unit, pending
having sum(case entry.side when 'D' then amount else -amount end) <> 0
    or bool_or(account.tenant_id <> journal.tenant_id)
order by journal_id
limit 20
""")


def tenants(uow: UnitOfWork) -> list[str]:
    """The tenants that ever posted."""
    return list(uow.session.scalars(TENANTS))


class Head(NamedTuple):
    """The last seal of a business day, or of all."""

    biz_date: date
    seq: int
    hash: bytes


class SealRepository:
    """The chain of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def lock(self) -> None:
        """One sealer a tenant, until the transaction ends."""
        self._rows(text("select pg_advisory_xact_lock(hashtextextended('seal:' || :tenant_id, 0))"))

    def counts(self) -> tuple[int, int]:
        """How many journals there are, and how many of them are sealed."""
        ((journals, sealed),) = self._rows(COUNTS)
        return journals, sealed

    def head(self) -> Head | None:
        """The last seal."""
        return next((Head(row.biz_date, row.seq, row.hash) for row in self._rows(HEAD)), None)

    def closed_upto(self) -> date | None:
        """The last business day that was closed."""
        ((day,),) = self._rows(CLOSED)
        return day  # type: ignore[no-any-return]

    def heads(self, limit: int) -> list[Head]:
        """The last seal of each business day, newest first."""
        return [Head(row.biz_date, row.seq, row.hash) for row in self._rows(HEADS, limit=limit)]

    def unsealed(self, limit: int) -> list[SealedText]:
        """The next journals to seal, in the order of commits."""
        return [SealedText(*row) for row in self._rows(UNSEALED, limit=limit)]

    def add(self, seal: Seal, day: date, upto: SealedText) -> None:
        """Append a seal of business day `day` that ends with `upto`."""
        self._session.execute(
            insert(LedgerSeal).values(
                tenant_id=self._tenant_id,
                biz_date=day,
                upto_txid=upto.txid,
                upto_journal_id=upto.journal_id,
                sealed_at=clock.now(),
                **seal._asdict(),
            )
        )

    def chain(self) -> Generator[Seal]:
        """Every seal, streamed; close it when it is not read to its end."""
        for row in self._stream(CHAIN):
            yield Seal(*row)

    def committed(self) -> Generator[SealedText]:
        """Every journal in the order of commits, streamed; to be closed likewise."""
        for row in self._stream(COMMITTED):
            yield SealedText(*row)

    def recount(self) -> Iterator[Difference]:
        """What entries and counters say against each other."""
        for row in self._rows(UNBALANCED):
            yield Difference(self._tenant_id, row.journal_id, "does not balance in one tenant")
        for row in self._rows(BROKEN_ENTRIES):
            what = f"breaks the running balance of {row.code} at entry {row.account_version}"
            yield Difference(self._tenant_id, row.journal_id, what)
        for row in self._rows(BROKEN_ACCOUNTS):
            what = f"the counters of {row.code} are not the sum of its entries"
            yield Difference(self._tenant_id, None, what)

    def _rows(self, statement: Any, **values: object) -> Any:
        return self._session.execute(statement, {"tenant_id": self._tenant_id, **values}).all()

    def _stream(self, statement: Any) -> Iterator[Any]:
        with self._session.execute(
            statement, {"tenant_id": self._tenant_id}, execution_options={"yield_per": 5000}
        ) as rows:
            yield from rows

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, func, select, text

from tapline.ledger import chart
from tapline.partners.shares.model import ShareClose, ShareDay
from tapline.people import Scope
from tapline.uow import UnitOfWork

# Versions of an account count in the order of commits, so that none can slip in behind a close.
_ENTRIES = """
from ledger_entry entry
join ledger_account account using (account_id)
join ledger_journal journal using (journal_id)
where account.tenant_id = :tenant_id and account.code = :code and account.unit = 'CNY.fen'
  and account_version > :after
"""

BEGAN = text("select recorded_at " + _ENTRIES + "order by account_version limit 1")

UPTO = text("select max(account_version) " + _ENTRIES + "and recorded_at < :end")

REVENUE = text(
    """
select coalesce(
         case when split_part(key, ':', 1) in ('dev', 'fix', 'restate') then split_part(key, ':', 2)
              else journal.source ->> 'device' end, kind) as name,
       sum(case entry.side when 'C' then amount else -amount end)::bigint as fen
"""
    + _ENTRIES
    + "and account_version <= :upto and not entry.pending group by 1"
)

EXACT = text("""
select distinct on (site_id) site_id, exact
from share_day
where tenant_id = :tenant_id
order by site_id, day desc
""")

SITES = text("""
select device_id, site_id from device
where tenant_id = :tenant_id and device_id = any(:names) and site_id is not null
""")


MONTHS = text("""
select site_id, date_trunc('month', day::timestamp)::date as month, count(*) as days,
       sum(revenue_fen)::bigint, array_agg(distinct per_mille order by per_mille),
       sum(share_fen)::bigint
from share_day
where tenant_id = :tenant_id and partner_id = :partner_id and day <= :last
group by 1, 2
order by 2, 1
""")


class SharedMonth(NamedTuple):
    """A site's days of a month whose share is one partner's. Money in fen."""

    site_id: UUID
    month: date
    days: int
    revenue_fen: int
    per_mille: list[int]
    """Each that held."""
    share_fen: int


class Revenue(NamedTuple):
    """What `rev:water` moved, in fen: by site, and by name where no site is known."""

    by_site: dict[UUID, int]
    unattributed: dict[str, int]

    @property
    def total_fen(self) -> int:
        return sum(self.by_site.values()) + sum(self.unattributed.values())


class ShareRepository:
    """Shares of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction shares out this tenant's revenue."""
        name = func.hashtextextended(f"shares:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def last_close(self) -> ShareClose | None:
        return self._session.scalar(
            select(ShareClose)
            .where(ShareClose.tenant_id == self._tenant_id)
            .order_by(ShareClose.day.desc())
            .limit(1)
        )

    def began(self) -> datetime | None:
        """When the first revenue was recorded."""
        began: datetime | None = self._scalar(BEGAN, after=0)
        return began

    def upto(self, after: int, end: datetime) -> int:
        """The last entry recorded before `end`; `after` where none is."""
        upto: int | None = self._scalar(UPTO, after=after, end=end)
        return after if upto is None else upto

    def revenue(self, after: int, upto: int) -> Revenue:
        """What the entries beyond `after` and up to `upto` moved."""
        by_name: dict[str, int] = dict(self._rows(REVENUE, after=after, upto=upto))
        site_of: dict[str, UUID] = dict(self._rows(SITES, names=list(by_name)))
        revenue = Revenue({}, {})
        for name, fen in sorted(by_name.items()):
            site_id = site_of.get(name)
            if site_id is None:
                revenue.unattributed[name] = fen
            else:
                revenue.by_site[site_id] = revenue.by_site.get(site_id, 0) + fen
        return revenue

    def exact(self) -> dict[UUID, int]:
        """Each site's share since the beginning, in thousandths of a fen."""
        return dict(self._rows(EXACT))

    def add(self, row: ShareClose | ShareDay) -> None:
        self._session.add(row)

    def months_of_partner(self, partner_id: UUID, last: date) -> Sequence[SharedMonth]:
        """Of all the partner's sites, by site and month."""
        rows = self._rows(MONTHS, partner_id=partner_id, last=last)
        return [SharedMonth(*row) for row in rows]

    def closes(self, first: date, last: date) -> Sequence[ShareClose]:
        """Oldest first."""
        return self._session.scalars(
            select(ShareClose)
            .where(
                ShareClose.tenant_id == self._tenant_id,
                ShareClose.day.between(first, last),
            )
            .order_by(ShareClose.day)
        ).all()

    @staticmethod
    def days(uow: UnitOfWork, scope: Scope, first: date, last: date) -> Sequence[ShareDay]:
        """Of the scope's sites, by site and day."""
        days = select(ShareDay).where(
            ShareDay.tenant_id == scope.tenant_id, ShareDay.day.between(first, last)
        )
        if scope.sites is not None:
            days = days.where(ShareDay.site_id.in_(scope.sites))
        return uow.session.scalars(days.order_by(ShareDay.site_id, ShareDay.day)).all()

    def _rows(self, statement: TextClause, **values: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.execute(statement, self._named(values))]

    def _scalar(self, statement: TextClause, **values: object) -> Any:
        return self._session.scalar(statement, self._named(values))

    def _named(self, values: dict[str, object]) -> dict[str, object]:
        return {"tenant_id": self._tenant_id, "code": chart.WATER.code, **values}

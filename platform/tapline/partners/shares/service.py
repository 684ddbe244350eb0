from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from tapline import clock, ledger
from tapline.ledger import chart
from tapline.partners.agreements import service as agreements
from tapline.partners.agreements.service import Book
from tapline.partners.shares import rules
from tapline.partners.shares.model import ShareClose, ShareDay
from tapline.partners.shares.repository import Revenue, SharedMonth, ShareRepository
from tapline.people import Scope
from tapline.uow import UnitOfWork

_DAY = timedelta(days=1)
_DAYS_AT_ONCE = 31


def accrue(uow: UnitOfWork, *, tenant_id: str) -> list[date]:
    """Share out the revenue of every business day that is over, oldest first; the days done.

    Revenue is what `rev:water` moved: pours less what was given back and restated, on the day on
    which it was recorded. A day is shared out once; what comes later falls into a later day.
    """
    shares = ShareRepository(uow, tenant_id)
    shares.be_alone()
    done: list[date] = []
    close = shares.last_close()
    day = close.day + _DAY if close else _first_day(shares)
    after = close.upto_version if close else 0
    book = agreements.book(uow, tenant_id=tenant_id)
    while day < clock.business_date(clock.now()) and len(done) < _DAYS_AT_ONCE:
        after = _accrue_day(uow, tenant_id, book, day, after)
        done.append(day)
        day += _DAY
    return done


def reckoned_upto(uow: UnitOfWork, *, tenant_id: str) -> date | None:
    """The last day whose revenue was shared out."""
    close = ShareRepository(uow, tenant_id).last_close()
    return close.day if close else None


def days(uow: UnitOfWork, *, scope: Scope, first: date, last: date) -> Sequence[ShareDay]:
    """Revenue and share of the scope's sites from `first` to `last`, by site and day."""
    return ShareRepository.days(uow, scope, first, last)


def months_of_partner(
    uow: UnitOfWork, *, tenant_id: str, partner_id: UUID, last: date
) -> Sequence[SharedMonth]:
    """What the partner's sites took in and what of it is the partner's, up to the day `last`."""
    return ShareRepository(uow, tenant_id).months_of_partner(partner_id, last)


def unattributed(uow: UnitOfWork, *, tenant_id: str, first: date, last: date) -> dict[str, int]:
    """Revenue from `first` to `last` that belongs to no site, in fen by machine or kind."""
    found: dict[str, int] = {}
    for close in ShareRepository(uow, tenant_id).closes(first, last):
        for name, fen in close.unattributed.items():
            found[name] = found.get(name, 0) + fen
    return found


def _first_day(shares: ShareRepository) -> date:
    """The day of the first revenue; yesterday where that is not over, or there is none."""
    yesterday = clock.business_date(clock.now()) - _DAY
    began = shares.began()
    return yesterday if began is None else min(clock.business_date(began), yesterday)


def _accrue_day(uow: UnitOfWork, tenant_id: str, book: Book, day: date, after: int) -> int:
    """Share out one day; the last entry that counts to it."""
    shares = ShareRepository(uow, tenant_id)
    upto = shares.upto(after, rules.day_end(day))
    revenue = shares.revenue(after, upto)
    shares.add(
        ShareClose(
            tenant_id=tenant_id,
            day=day,
            upto_version=upto,
            revenue_fen=revenue.total_fen,
            unattributed=revenue.unattributed,
            closed_at=clock.now(),
        )
    )
    rows = _share_days(shares, tenant_id, book, day, revenue)
    for row in rows:
        shares.add(row)
    ledger.post(uow, tenant_id=tenant_id, commands=[_command(row) for row in rows if row.share_fen])
    uow.session.flush()
    return upto


def _share_days(
    shares: ShareRepository, tenant_id: str, book: Book, day: date, revenue: Revenue
) -> list[ShareDay]:
    exact = shares.exact()
    rows = []
    for site_id, fen in revenue.by_site.items():
        held = book.on(site_id, day)
        per_mille = held.terms.share_per_mille if held else 0
        accrual = rules.accrue(exact.get(site_id, 0), fen, per_mille)
        rows.append(
            ShareDay(
                site_id=site_id,
                day=day,
                tenant_id=tenant_id,
                revenue_fen=fen,
                per_mille=per_mille,
                partner_id=held.terms.property_id if held else None,
                agreement_id=held.agreement.agreement_id if held else None,
                exact=accrual.exact,
                share_fen=accrual.share_fen,
            )
        )
    return rows


def _command(row: ShareDay) -> ledger.Command:
    owed = chart.property_share(row.site_id)
    fen = row.share_fen
    movement = (
        ledger.Transfer(chart.SHARES, owed, fen)
        if fen > 0
        else ledger.Transfer(owed, chart.SHARES, -fen)
    )
    name = f"share:{row.site_id}:{row.day.isoformat()}"
    return ledger.Command(
        key=name,
        kind="share",
        event_at=rules.day_end(row.day) - timedelta(seconds=1),
        movement=movement,
        content={"fen": fen},
        source={"subject": name, "revenue_fen": row.revenue_fen, "per_mille": row.per_mille},
    )

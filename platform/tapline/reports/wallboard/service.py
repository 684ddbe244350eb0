from dataclasses import dataclass
from datetime import datetime

from tapline import clock, ledger
from tapline.people import Scope
from tapline.reconciliation import breakers
from tapline.reports.desk.repository import DeskReads
from tapline.reports.estate import service as estate
from tapline.reports.estate.rules import Tone
from tapline.reports.estate.service import DeviceView, SiteView
from tapline.sites import Site
from tapline.tickets import Ticket
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody: a device or a ticket, never a person's name."""

    since: datetime
    view: DeviceView | None = None
    ticket: Ticket | None = None
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """What the board shows, at the moment it was read."""

    read_at: datetime
    heard_at: datetime | None
    """When any device last spoke: the age of the data."""
    sites: list[SiteView]
    waiting: list[Waiting]
    ml_by_hour: list[tuple[datetime, int]]
    tickets_open: int
    ticket_oldest_at: datetime | None
    refunds_waiting: int
    refund_oldest_at: datetime | None
    suspense_fen: int
    breakers: int
    """How many keep machines from giving money back."""

    @property
    def devices(self) -> list[DeviceView]:
        """Every device of the tenant that stands on a site."""
        return [view for site in self.sites for view in site.devices]

    def count(self, tone: Tone) -> int:
        """How many devices are so."""
        return sum(site.count(tone) for site in self.sites)


def board(uow: UnitOfWork, *, tenant_id: str, longest: int = 8) -> Board:
    """Read the board of a tenant, with the `longest` waiting things."""
    scope = Scope(tenant_id)
    sites = estate.sites(uow, scope=scope)
    views = [view for site in sites for view in site.devices]
    desk = DeskReads(uow, tenant_id)
    tickets_open, ticket_oldest_at = desk.counts()
    refunds_waiting, refund_oldest_at = desk.refunds_waiting()
    return Board(
        read_at=clock.now(),
        heard_at=max((v.device.last_seen_at for v in views if v.device.last_seen_at), default=None),
        sites=sites,
        waiting=_waiting(uow, scope, views)[:longest],
        ml_by_hour=estate.litres_by_hour(uow, scope=scope),
        tickets_open=tickets_open,
        ticket_oldest_at=ticket_oldest_at,
        refunds_waiting=refunds_waiting,
        refund_oldest_at=refund_oldest_at,
        suspense_fen=_suspense_fen(uow, tenant_id),
        breakers=len(breakers.standing(uow, tenant_id=tenant_id)),
    )


def _waiting(uow: UnitOfWork, scope: Scope, views: list[DeviceView]) -> list[Waiting]:
    devices = [
        Waiting(view.condition.since or view.device.created_at, view=view, site=view.site)
        for view in estate.needing_somebody(views)
    ]
    tickets = [
        Waiting(ticket.opened_at, ticket=ticket, site=site)
        for ticket, site in estate.open_tickets(uow, scope=scope)
    ]
    return sorted([*devices, *tickets], key=lambda one: one.since)


def _suspense_fen(uow: UnitOfWork, tenant_id: str) -> int:
    """What rests in suspense of any device, in fen."""
    rows = ledger.trial(uow, tenant_id=tenant_id)
    return sum(abs(row.balance) for row in rows if row.code.startswith("suspense:"))

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from tapline.cards.facts import Charge, Fact
from tapline.devices import Device
from tapline.faults import Alarm
from tapline.people import Scope
from tapline.reconciliation import Finding
from tapline.sites import Site
from tapline.tickets import Ticket, TicketState
from tapline.uow import UnitOfWork

_MONEY_CATEGORIES = ("refund_review", "pour_disputed")


class Volume(NamedTuple):
    """Pours, water and money of a span."""

    pours: int
    ml: int
    fen: int


class EstateReads:
    """Sites and devices inside of a scope."""

    def __init__(self, uow: UnitOfWork, scope: Scope) -> None:
        self._session = uow.session
        self._scope = scope

    def _device_in_scope(self) -> ColumnElement[bool]:
        own = Device.tenant_id == self._scope.tenant_id
        if self._scope.sites is None:
            return own
        return and_(own, Device.site_id.in_(self._scope.sites))

    def devices(self, site_id: UUID | None = None) -> Sequence[Device]:
        devices = select(Device).where(self._device_in_scope())
        if site_id is not None:
            devices = devices.where(Device.site_id == site_id)
        return self._session.scalars(devices.order_by(Device.spot, Device.device_id)).all()

    def device(self, device_id: str) -> Device | None:
        return self._session.scalar(
            select(Device).where(self._device_in_scope(), Device.device_id == device_id)
        )

    def sites(self) -> Sequence[Site]:
        sites = select(Site).where(Site.tenant_id == self._scope.tenant_id)
        if self._scope.sites is not None:
            sites = sites.where(Site.site_id.in_(self._scope.sites))
        return self._session.scalars(sites.order_by(Site.code)).all()

    def open_alarms(self, device_ids: Collection[str]) -> Sequence[Alarm]:
        return self._session.scalars(
            select(Alarm)
            .where(Alarm.device_id.in_(device_ids), Alarm.cleared_at.is_(None))
            .order_by(Alarm.raised_at)
        ).all()

    def alarms_of(self, device_id: str, limit: int) -> Sequence[Alarm]:
        """Raised on a device of the scope, newest first, cleared or not."""
        return self._session.scalars(
            select(Alarm)
            .join(Device, Device.device_id == Alarm.device_id)
            .where(self._device_in_scope(), Alarm.device_id == device_id)
            .order_by(Alarm.raised_at.desc())
            .limit(limit)
        ).all()

    def findings_of(self, device_id: str, limit: int) -> Sequence[Finding]:
        return self._session.scalars(
            select(Finding)
            .join(Device, Device.device_id == Finding.device_id)
            .where(
                self._device_in_scope(),
                Finding.device_id == device_id,
                Finding.retracted_at.is_(None),
            )
            .order_by(Finding.detected_at.desc())
            .limit(limit)
        ).all()

    def volume_by_device(self, since: datetime) -> dict[str, Volume]:
        """What devices of the scope gave out since then, by when it reached us."""
        rows = self._session.execute(
            select(
                Fact.device_id,
                func.count(),
                func.coalesce(func.sum(Fact.ml), 0),
                func.coalesce(func.sum(Charge.amount_fen), 0),
            )
            .join(Charge, and_(Charge.device_id == Fact.device_id, Charge.seq == Fact.seq))
            .join(Device, Device.device_id == Fact.device_id)
            .where(
                self._device_in_scope(),
                Fact.tenant_id == self._scope.tenant_id,
                Fact.received_at >= since,
                Fact.op == "debit",
                Charge.standing_hash == Fact.content_hash,
            )
            .group_by(Fact.device_id)
        )
        return {device_id: Volume(n, int(ml), int(fen)) for device_id, n, ml, fen in rows}

    def volume_by_hour(self, since: datetime) -> list[tuple[datetime, int]]:
        """(hour, ml) since then, by when it reached us; hours without a pour are left out."""
        hour = func.date_trunc("hour", Fact.received_at)
        rows = self._session.execute(
            select(hour, func.sum(Fact.ml))
            .join(Charge, and_(Charge.device_id == Fact.device_id, Charge.seq == Fact.seq))
            .join(Device, Device.device_id == Fact.device_id)
            .where(
                self._device_in_scope(),
                Fact.tenant_id == self._scope.tenant_id,
                Fact.received_at >= since,
                Fact.op == "debit",
                Charge.standing_hash == Fact.content_hash,
            )
            .group_by(hour)
            .order_by(hour)
        )
        return [(at, int(ml)) for at, ml in rows]

    def open_tickets(self, limit: int) -> Sequence[tuple[Ticket, Site | None]]:
        """About sites or devices of the scope, oldest first.

        Property people hear of what is wrong with machines, not of a customer's money.
        """
        open_ = self._tickets().where(Ticket.state != TicketState.CLOSED)
        rows = self._session.execute(open_.order_by(Ticket.opened_at).limit(limit))
        return [(ticket, site) for ticket, site in rows]

    def ticket(self, ticket_id: UUID) -> tuple[Ticket, Site | None] | None:
        row = self._session.execute(self._tickets().where(Ticket.ticket_id == ticket_id)).first()
        return (row[0], row[1]) if row else None

    def _tickets(self) -> Select[Ticket, Site]:
        tickets = (
            select(Ticket, Site)
            .outerjoin(Device, Device.device_id == Ticket.device_id)
            .outerjoin(Site, Site.site_id == func.coalesce(Ticket.site_id, Device.site_id))
            .where(Ticket.tenant_id == self._scope.tenant_id)
        )
        if self._scope.sites is None:
            return tickets
        return tickets.where(
            or_(Ticket.site_id.in_(self._scope.sites), Device.site_id.in_(self._scope.sites)),
            Ticket.category.not_in(_MONEY_CATEGORIES),
        )

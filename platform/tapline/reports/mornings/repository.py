from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from tapline.devices import Device
from tapline.faults import Alarm
from tapline.people import Scope
from tapline.reports.mornings.rules import TROUBLES, Sign
from tapline.tickets import Outcome, Ticket
from tapline.uow import UnitOfWork

_NOTHING = {Outcome.NO_FAULT_FOUND, Outcome.DUPLICATE, Outcome.CANCELLED}
"""Cases that ended so were no trouble of the machine's."""


class MorningReads:
    """Inside of a scope."""

    def __init__(self, uow: UnitOfWork, scope: Scope) -> None:
        self._session = uow.session
        self._scope = scope

    def signs(self, since: datetime, until: datetime) -> list[Sign]:
        """Alarms and cases about machines that were on at some moment of [since, until)."""
        return [*self._alarms(since, until), *self._cases(since, until)]

    def _alarms(self, since: datetime, until: datetime) -> Sequence[Sign]:
        alarms = (
            select(Device, Alarm)
            .join(Alarm, Alarm.device_id == Device.device_id)
            .where(
                self._own(),
                Alarm.code.in_(TROUBLES),
                Alarm.raised_at < until,
                or_(Alarm.cleared_at.is_(None), Alarm.cleared_at > since),
            )
        )
        return [
            Sign(
                device.site_id,
                device.device_id,
                device.spot,
                alarm.code,
                alarm.raised_at,
                alarm.cleared_at,
                None,
            )
            for device, alarm in self._session.execute(alarms)
        ]

    def _cases(self, since: datetime, until: datetime) -> Sequence[Sign]:
        cases = (
            select(Device, Ticket)
            .join(Ticket, Ticket.device_id == Device.device_id)
            .where(
                self._own(),
                Ticket.tenant_id == self._scope.tenant_id,
                Ticket.category.in_(TROUBLES),
                Ticket.opened_at < until,
                or_(Ticket.closed_at.is_(None), Ticket.closed_at > since),
                or_(Ticket.outcome.is_(None), Ticket.outcome.not_in(_NOTHING)),
            )
        )
        return [
            Sign(
                device.site_id,
                device.device_id,
                device.spot,
                case.category,
                case.opened_at,
                case.closed_at,
                case.resolve_due_at,
            )
            for device, case in self._session.execute(cases)
        ]

    def _own(self) -> ColumnElement[bool]:
        own = Device.tenant_id == self._scope.tenant_id
        if self._scope.sites is None:
            return own
        return and_(own, Device.site_id.in_(self._scope.sites))

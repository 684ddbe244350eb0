from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text

from tapline.faults import Alarm
from tapline.reconciliation import Finding
from tapline.reports.logbooks.rules import ABNORMAL, MeterDay
from tapline.tickets import Ticket
from tapline.tickets.work_orders import WorkOrder, WorkOrderState
from tapline.uow import UnitOfWork
from tapline.water import Treatment

# The machine's counters never fall, so the day's highest is its last, in whatever order facts came.
_METER = text("""
select (received_at at time zone 'Asia/Shanghai')::date as day, max(received_at),
       count(*) filter (where op = 'debit'),
       coalesce(sum(ml) filter (where op = 'debit'), 0)::bigint,
       max(total_n), max(total_fen), max(total_ml)
from (
    select distinct on (seq) * from fact
    where tenant_id = :tenant_id and device_id = :device_id and flaw is null
      and received_at >= :since and received_at < :until
    order by seq, received_at
) once
group by day
order by day
""")


class LogbookReads:
    """One machine within a time."""

    def __init__(
        self, uow: UnitOfWork, tenant_id: str, device_id: str, since: datetime, until: datetime
    ) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id
        self._device_id = device_id
        self._since = since
        self._until = until

    def meter_days(self) -> list[MeterDay]:
        """By business day, of what was reported on it."""
        rows = self._session.execute(
            _METER,
            {
                "tenant_id": self._tenant_id,
                "device_id": self._device_id,
                "since": self._since,
                "until": self._until,
            },
        )
        return [MeterDay(*row) for row in rows]

    def repairs(self) -> Sequence[tuple[WorkOrder, Ticket]]:
        rows = self._session.execute(
            select(WorkOrder, Ticket)
            .join(Ticket, Ticket.ticket_id == WorkOrder.ticket_id)
            .where(
                Ticket.tenant_id == self._tenant_id,
                Ticket.device_id == self._device_id,
                WorkOrder.state == WorkOrderState.FINISHED,
                WorkOrder.ended_at >= self._since,
                WorkOrder.ended_at < self._until,
            )
        )
        return [(work, ticket) for work, ticket in rows]

    def treatments(self) -> Sequence[Treatment]:
        return self._session.scalars(
            select(Treatment).where(
                Treatment.tenant_id == self._tenant_id,
                Treatment.device_id == self._device_id,
                Treatment.at >= self._since,
                Treatment.at < self._until,
            )
        ).all()

    def findings(self) -> Sequence[Finding]:
        return self._session.scalars(
            select(Finding).where(
                Finding.tenant_id == self._tenant_id,
                Finding.device_id == self._device_id,
                Finding.code.in_(ABNORMAL),
                Finding.retracted_at.is_(None),
                Finding.detected_at >= self._since,
                Finding.detected_at < self._until,
            )
        ).all()

    def alarms(self) -> Sequence[Alarm]:
        return self._session.scalars(
            select(Alarm).where(
                Alarm.tenant_id == self._tenant_id,
                Alarm.device_id == self._device_id,
                Alarm.raised_at >= self._since,
                Alarm.raised_at < self._until,
            )
        ).all()

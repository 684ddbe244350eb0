"""Bringing the router in line with the work that waits."""

from tapline import refunds, tickets
from tapline.events import RefundChanged, TicketChanged
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer


@consumer
def route_ticket(uow: UnitOfWork, event: TicketChanged) -> None:
    tickets.put_in_place(uow, tenant_id=event.tenant_id, ticket_id=event.ticket_id)


@consumer
def route_refund(uow: UnitOfWork, event: RefundChanged) -> None:
    refunds.put_in_place(uow, tenant_id=event.tenant_id, refund_id=event.refund_id)

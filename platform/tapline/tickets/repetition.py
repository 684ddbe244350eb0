"""Trouble that comes again: of the same customer, or on the same site."""

from datetime import timedelta

from tapline import policy
from tapline.tickets import escalation
from tapline.tickets.model import Source, Ticket
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork


def mark(uow: UnitOfWork, ticket: Ticket) -> None:
    """Make a new case more urgent where the customer had the same trouble not long ago."""
    if ticket.customer_id is None:
        return
    window = timedelta(
        seconds=policy.current(uow, tenant_id=ticket.tenant_id).ticket_repeat_window_s
    )
    last = TicketRepository(uow, ticket.tenant_id).last_of(
        ticket.customer_id, ticket.category, ticket.opened_at - window
    )
    if last is not None:
        ticket.repeat_of = last.ticket_id
        ticket.priority = ticket.priority.raised


def gather(uow: UnitOfWork, ticket: Ticket) -> None:
    """Bring the case that makes a cluster on its site before the supervisors: once a cluster."""
    if ticket.site_id is None or ticket.source is Source.PREDICTION:
        return
    in_force = policy.current(uow, tenant_id=ticket.tenant_id)
    since = ticket.opened_at - timedelta(seconds=in_force.ticket_cluster_window_s)
    count = TicketRepository(uow, ticket.tenant_id).count_on(ticket.site_id, ticket.category, since)
    if count == in_force.ticket_cluster_min:
        escalation.escalate(uow, ticket, escalation.Reason.CLUSTER)

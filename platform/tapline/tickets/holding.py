"""Nobody is late for a machine in a planned outage: clocks stand still until the works are over."""

from uuid import UUID

from tapline import clock, outages
from tapline.people import Scope
from tapline.tickets.clocks import service as clocks
from tapline.tickets.model import Ticket
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork


def on_plan(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID) -> None:
    """Hold the open cases about the machines of a plan that is under way, or was prolonged.

    Called again for the same plan it changes nothing.
    """
    plan = outages.plans.get(uow, scope=Scope(tenant_id), plan_id=plan_id)
    if plan.cancelled_at is None:
        for ticket in TicketRepository(uow, tenant_id).open_at(plan.site_id, plan.device_ids):
            clocks.hold(uow, ticket, plan.ends_at)


def hold_if_planned(uow: UnitOfWork, ticket: Ticket) -> None:
    """Hold a new case where its machine is in a planned outage just now."""
    if ticket.site_id is None or ticket.device_id is None:
        return
    for plan in outages.plans.covering(uow, tenant_id=ticket.tenant_id, at=clock.now()):
        if plan.site_id == ticket.site_id and plan.names(ticket.device_id):
            clocks.hold(uow, ticket, plan.ends_at)

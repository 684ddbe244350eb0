"""A rollout that the stop rule paused is one case, until somebody has closed it."""

from uuid import UUID

from tapline import rollouts
from tapline.rollouts import images
from tapline.tickets.intake import open_case
from tapline.tickets.model import Ticket
from tapline.tickets.repository import TicketRepository
from tapline.tickets.rules import About, Case
from tapline.uow import UnitOfWork


def on_rollout(uow: UnitOfWork, *, tenant_id: str, rollout_id: UUID) -> Ticket:
    """Open the case of a rollout that was stopped; one that is open already takes it in.

    Called again for the same stop it changes nothing.
    """
    rollout = rollouts.get(uow, tenant_id=tenant_id, rollout_id=rollout_id)
    image = images.get(uow, tenant_id=tenant_id, image_id=rollout.image_id)
    case = Case(rollout.subject, "rollout_stopped")
    tickets = TicketRepository(uow, tenant_id)
    tickets.be_alone(case.subject)
    ticket = tickets.open_on(case.subject)
    if ticket is None:
        ticket = open_case(uow, tenant_id, case, About())
    why = rollout.paused_why or {}
    ticket.facts = {
        "rollout": str(rollout_id),
        "of": f"{rollout.hw} {image.version}",
        "rule": why.get("rule", ""),
        "code": why.get("code", ""),
        "percent": rollouts.RINGS[rollout.ring],
    }
    return ticket

from uuid import UUID

from tapline import routing
from tapline.errors import ConflictError, InvalidError
from tapline.people import Staff
from tapline.tickets import ownership
from tapline.tickets.model import Ticket, TicketState
from tapline.tickets.placing import rules
from tapline.tickets.placing.rules import Place
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork


def put_in_place(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID) -> None:
    """Bring the router in line with a ticket as it is now.

    It looks at nothing else, so it may be called in any order and any number of times.
    """
    ticket = TicketRepository(uow, tenant_id).get(ticket_id, lock=True)
    work = rules.work(ticket, preferred=_preferred(uow, ticket))
    match rules.place(ticket):
        case Place.WAITING:
            routing.let_wait(uow, tenant_id=tenant_id, work=work)
        case Place.HELD:
            routing.assign(uow, tenant_id=tenant_id, work=work, agent_id=str(ticket.owner_id))
        case Place.AWAY:
            reason = "paused" if ticket.paused_since else ticket.state.value
            routing.withdraw(uow, tenant_id=tenant_id, work_id=work.work_id, reason=reason)


def accept(uow: UnitOfWork, *, tenant_id: str, offer_id: str, staff: Staff) -> Ticket:
    """Take the ticket that the router offers; a second time is no mistake.

    Raises:
        InvalidError: the offer is no ticket's.
        NotFoundError: the tenant has no such ticket.
        ConflictError: the offer has ended, or the ticket is a colleague's by now, or closed.
    """
    ticket_id = rules.ticket_of(offer_id.rpartition(".")[0])
    if ticket_id is None:
        raise InvalidError(f"offer {offer_id} is no ticket's")
    ticket = TicketRepository(uow, tenant_id).get(ticket_id, lock=True)
    if ticket.owner_id not in {None, staff.staff_id} or ticket.state is TicketState.CLOSED:
        raise ConflictError(f"ticket {ticket.number} is taken or closed: look at your work")
    if ticket.owner_id is None:
        ownership.become_owner(uow, ticket, staff)
    routing.accept(uow, tenant_id=tenant_id, offer_id=offer_id, agent_id=str(staff.staff_id))
    return ticket


def _preferred(uow: UnitOfWork, ticket: Ticket) -> UUID | None:
    """Who knows the customer's trouble from the last time."""
    if ticket.repeat_of is None:
        return None
    return TicketRepository(uow, ticket.tenant_id).get(ticket.repeat_of).owner_id

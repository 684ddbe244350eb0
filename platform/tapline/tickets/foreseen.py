"""What is foreseen becomes one case per machine and part, and a technician's errand."""

from datetime import datetime, time
from uuid import UUID

from tapline import clock, faults, people, policy, sites
from tapline.faults import Prediction
from tapline.people import Role
from tapline.tickets import rules
from tapline.tickets.intake import open_case
from tapline.tickets.model import EntryKind, Source, Ticket, TicketState
from tapline.tickets.record import note
from tapline.tickets.repository import TicketRepository
from tapline.tickets.rules import About
from tapline.tickets.work_orders import dispatching
from tapline.tickets.work_orders import rules as work_rules
from tapline.tickets.work_orders.repository import WorkOrderRepository
from tapline.uow import UnitOfWork


def on_prediction(uow: UnitOfWork, *, tenant_id: str, prediction_id: UUID) -> Ticket:
    """Open a case for a part that is foreseen to fail, or bring the open one up to date.

    Called again for the same prediction it changes nothing.
    """
    prediction = faults.prediction(uow, tenant_id=tenant_id, prediction_id=prediction_id)
    tickets = TicketRepository(uow, tenant_id)
    case = rules.foreseen_of(prediction.device_id, prediction.part)
    tickets.be_alone(case.subject)
    ticket = tickets.of_prediction(prediction_id) or tickets.open_on(case.subject)
    if ticket is None:
        about = About(
            source=Source.PREDICTION,
            facts=_facts(prediction),
            device_id=prediction.device_id,
            prediction_id=prediction_id,
        )
        ticket = open_case(uow, tenant_id, case, about)
        note(uow, ticket, EntryKind.FORESEEN, body=prediction.part)
        faults.mark_ticketed(uow, tenant_id=tenant_id, prediction_id=prediction_id)
        dispatch_waiting(uow, tenant_id=tenant_id)
    elif ticket.prediction_id != prediction_id:
        ticket.prediction_id, ticket.facts = prediction_id, _facts(prediction)
        note(uow, ticket, EntryKind.FORESEEN, body=prediction.part)
        faults.mark_ticketed(uow, tenant_id=tenant_id, prediction_id=prediction_id)
    return ticket


def dispatch_waiting(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Send technicians to what is foreseen, oldest first, as far as their visits of the day go.

    What a technician gave back is the desk's to decide.
    """
    tickets = TicketRepository(uow, tenant_id)
    tickets.be_alone("visits")  # they are counted
    for ticket in tickets.foreseen_waiting():
        if ticket.returns == 0:
            _send(uow, ticket)


def _send(uow: UnitOfWork, ticket: Ticket) -> None:
    tenant_id, works = ticket.tenant_id, WorkOrderRepository(uow, ticket.tenant_id)
    technician = work_rules.chosen(
        [
            one
            for one in people.staff_of(uow, tenant_id=tenant_id)
            if one.role is Role.TECHNICIAN and one.disabled_at is None
        ],
        site_code=_site_code(uow, ticket),
        open_counts=works.open_counts(),
        visit_counts=works.foreseen_counts(_day_start()),
        visits_max=policy.current(uow, tenant_id=tenant_id).foreseen_visits_per_day_max,
    )
    if technician is not None:
        ticket.state, ticket.owner_id = TicketState.TAKEN, technician.staff_id
        dispatching.send(uow, ticket, technician, words="")


def _facts(prediction: Prediction) -> dict[str, object]:
    """The evidence as it was when the case was opened."""
    return {
        "part": prediction.part,
        "percent": prediction.probability_percent,
        "residuals": prediction.residuals,
        "others": prediction.others,
    }


def _site_code(uow: UnitOfWork, ticket: Ticket) -> str | None:
    if ticket.site_id is None:
        return None
    found = sites.listed(uow, tenant_id=ticket.tenant_id, among=[ticket.site_id])
    return found[0].code if found else None


def _day_start() -> datetime:
    return datetime.combine(clock.business_date(clock.now()), time(), clock.BUSINESS_ZONE)

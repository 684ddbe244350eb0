"""The end of a case, however it comes about, and what is learned from it."""

from tapline import clock, faults
from tapline.errors import InvalidError
from tapline.faults import LabelOutcome
from tapline.tickets import rules
from tapline.tickets.clocks import service as clocks
from tapline.tickets.model import Outcome, Ticket, TicketState
from tapline.uow import UnitOfWork


def end(uow: UnitOfWork, ticket: Ticket, outcome: Outcome, *, actor: str) -> None:
    """Close it, and let what was foreseen learn what came of it.

    Raises:
        InvalidError: a case that was foreseen does not end this way.
    """
    if ticket.prediction_id is not None and outcome not in rules.LABELS:
        labels = ", ".join(label.value for label in rules.LABELS)
        raise InvalidError(f"say what the visit found: {labels}; the model learns from it")
    clocks.stop(uow, ticket)
    ticket.state, ticket.outcome, ticket.closed_at = TicketState.CLOSED, outcome, clock.now()
    if ticket.prediction_id is not None:
        faults.label(
            uow,
            tenant_id=ticket.tenant_id,
            prediction_id=ticket.prediction_id,
            outcome=LabelOutcome(outcome.value),
            actor=actor,
        )

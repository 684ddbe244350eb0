"""A person decided what a finding is: the case that asked for him ends with his words."""

from collections.abc import Sequence
from uuid import UUID

from tapline import audit, partners, people, reconciliation
from tapline.people import Staff
from tapline.reconciliation import DecisionState, Finding, FindingDecision
from tapline.tickets import ending, rules
from tapline.tickets.model import EntryKind, Outcome, Source, Ticket, TicketEntry
from tapline.tickets.record import note
from tapline.tickets.repository import TicketRepository
from tapline.tickets.work_orders.repository import WorkOrderRepository
from tapline.uow import UnitOfWork


def on_decided(uow: UnitOfWork, *, tenant_id: str, finding_id: UUID) -> Ticket | None:
    """Close the open case of a finding that a person decided, unless it is open for more than that.

    Another finding that waits, a side that objects, a technician on his way, a question to the
    customer, anybody else's words: each keeps it open, and its timeline says what was decided.
    Called again, and for news in any order, it changes nothing. None where there is no such case.
    """
    finding = reconciliation.get(uow, tenant_id=tenant_id, finding_id=finding_id)
    if _in_force(uow, finding) is None:
        return None
    tickets = TicketRepository(uow, tenant_id)
    subject = rules.doubt_of(finding).subject
    tickets.be_alone(subject)
    # Another story, or another decision, may have come while we waited.
    finding = reconciliation.get(uow, tenant_id=tenant_id, finding_id=finding_id)
    decision, ticket = _in_force(uow, finding), tickets.open_on(subject)
    if decision is None or ticket is None:
        return None
    told = tickets.entries(ticket.ticket_id)
    if all(entry.finding_id != finding_id for entry in told):
        return ticket
    decider = _decider(uow, decision)
    name = decider.name if decider else decision.proposed_by
    if not _is_told(told, decision):
        note(
            uow,
            ticket,
            EntryKind.DECIDED,
            actor=name,
            body=decision.reason,
            finding_id=finding_id,
        )
    if not _is_open_for_more(uow, ticket, told, name):
        _end(uow, ticket, decision, decider)
    return ticket


def _in_force(uow: UnitOfWork, finding: Finding) -> FindingDecision | None:
    """The decision that the finding's judgement follows now."""
    if finding.needs_person or not finding.facts.get("by_person"):
        return None
    found = reconciliation.decisions_of(
        uow, tenant_id=finding.tenant_id, finding_id=finding.finding_id
    )
    return next((one for one in found if one.state is DecisionState.STANDS), None)


def _decider(uow: UnitOfWork, decision: FindingDecision) -> Staff | None:
    """Who chose; a second person only agreed."""
    everybody = people.staff_of(uow, tenant_id=decision.tenant_id)
    return next((one for one in everybody if one.login == decision.proposed_by), None)


def _is_told(told: Sequence[TicketEntry], decision: FindingDecision) -> bool:
    assert decision.decided_at is not None
    return any(
        entry.kind is EntryKind.DECIDED
        and entry.finding_id == decision.finding_id
        and entry.at >= decision.decided_at
        for entry in told
    )


def _is_open_for_more(
    uow: UnitOfWork, ticket: Ticket, told: Sequence[TicketEntry], decider: str
) -> bool:
    tenant_id = ticket.tenant_id
    named = {entry.finding_id for entry in told if entry.finding_id is not None}
    findings = [reconciliation.get(uow, tenant_id=tenant_id, finding_id=one) for one in named]
    return (
        ticket.source is not Source.DISCREPANCY
        or ticket.paused_since is not None
        or any(entry.kind is EntryKind.COMMENT and entry.actor != decider for entry in told)
        or any(one.needs_person and one.retracted_at is None for one in findings)
        or bool(partners.objected(uow, tenant_id=tenant_id, finding_ids=named))
        or WorkOrderRepository(uow, tenant_id).open_of(ticket.ticket_id) is not None
    )


def _end(uow: UnitOfWork, ticket: Ticket, decision: FindingDecision, decider: Staff | None) -> None:
    ending.end(uow, ticket, Outcome.FIXED, actor=decision.proposed_by)
    if ticket.owner_id is None and decider is not None:
        ticket.owner_id = decider.staff_id
    ticket.facts = ticket.facts | {"decided": True}
    note(
        uow,
        ticket,
        EntryKind.CLOSED,
        actor=decider.name if decider else decision.proposed_by,
        body=decision.reason,
    )
    audit.record(
        uow,
        tenant_id=ticket.tenant_id,
        actor=decision.proposed_by,
        action="ticket.closed",
        subject=f"ticket:{ticket.ticket_id}",
        reason=decision.reason,
    )

"""How cases come in: found by machines, or told by people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from tapline import audit, cards, clock, devices, policy, reconciliation
from tapline.events import TicketChanged
from tapline.ids import new_id
from tapline.policy import Policy
from tapline.reconciliation import Finding
from tapline.tickets import rules
from tapline.tickets.model import EntryKind, Priority, Source, Ticket, TicketEntry, TicketState
from tapline.tickets.repository import TicketRepository
from tapline.tickets.rules import Case
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom and what a new ticket concerns, how it came, and the figures of its headline."""

    source: Source = Source.DISCREPANCY
    facts: dict[str, Any] = field(default_factory=dict)
    device_id: str | None = None
    card_no: str | None = None
    customer_id: UUID | None = None
    """Where it is not simply the card's holder."""


def on_finding(uow: UnitOfWork, *, tenant_id: str, finding_id: UUID) -> Ticket | None:
    """Open a ticket for a finding, or attach it to the open one on its subject, if it needs one.

    Called again for the same finding it changes nothing. What a closed ticket on the subject
    named does not count towards a new one.
    """
    finding = reconciliation.get(uow, tenant_id=tenant_id, finding_id=finding_id)
    in_force = policy.current(uow, tenant_id=tenant_id)
    case = rules.case_of(finding, in_force)
    if case is None:
        return None
    tickets = TicketRepository(uow, tenant_id)
    tickets.be_alone(case.subject)
    pending = _pending(tickets, case, finding, in_force)
    ticket = tickets.open_on(case.subject)
    if not pending or (ticket is None and len(pending) < case.findings_min):
        return ticket
    if ticket is None:
        about = About(facts={"count": 0}, device_id=finding.device_id, card_no=finding.card_no)
        ticket = _open(uow, tenant_id, case, about)
    ticket.facts = ticket.facts | {"count": ticket.facts.get("count", 0) + len(pending)}
    _attach(uow, tickets, ticket, pending)
    return ticket


def on_correction_held(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int, reason: str
) -> Ticket:
    """Open a ticket for a correction that a person must decide, with what was found of the pour."""
    tickets = TicketRepository(uow, tenant_id)
    case = rules.review_of(device_id, seq)
    tickets.be_alone(case.subject)
    target = reconciliation.target_of(uow, tenant_id=tenant_id, device_id=device_id, seq=seq)
    owed = {"amount_fen": target.target_fen if target else 0, "reason": reason}
    ticket = tickets.open_on(case.subject)
    if ticket is None:
        about = About(device_id=device_id, card_no=target.card_no if target else None)
        ticket = _open(uow, tenant_id, case, about)
    ticket.facts = ticket.facts | owed
    findings = reconciliation.of_fact(uow, tenant_id=tenant_id, device_id=device_id, seq=seq)
    attended = tickets.attended(case.subject)
    _attach(uow, tickets, ticket, [one for one in findings if one.finding_id not in attended])
    return ticket


def report(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    category: str,
    subject: str,
    about: About,
    actor: str,
    words: str,
) -> Ticket:
    """Take down what a person says. On a subject with an open ticket it is added to that one."""
    tickets = TicketRepository(uow, tenant_id)
    tickets.be_alone(subject)
    ticket = tickets.open_on(subject)
    if ticket is None:
        case = Case(subject, category, Priority.NORMAL)
        ticket = _open(uow, tenant_id, case, about, actor)
    tickets.add(_entry(ticket, EntryKind.COMMENT, actor, words))
    _changed(uow, ticket)
    return ticket


def _pending(
    tickets: TicketRepository, case: Case, finding: Finding, in_force: Policy
) -> Sequence[Finding]:
    """The findings that no ticket on the subject names yet: this one, and those it adds up with."""
    if case.findings_min == 1:
        return [] if finding.finding_id in tickets.attended(case.subject) else [finding]
    window = timedelta(seconds=in_force.device_ticket_window_s)
    return tickets.unattended(
        case.subject,
        code=finding.code,
        device_id=finding.device_id,
        since=clock.now() - window,
    )


def _open(
    uow: UnitOfWork, tenant_id: str, case: Case, about: About, actor: str = audit.SYSTEM
) -> Ticket:
    tickets = TicketRepository(uow, tenant_id)
    now = clock.now()
    day = clock.business_date(now)
    ticket = Ticket(
        ticket_id=new_id(),
        tenant_id=tenant_id,
        number=rules.number(day, tickets.next_count(day)),
        subject=case.subject,
        source=about.source,
        category=case.category,
        priority=case.priority,
        state=TicketState.OPEN,
        facts=about.facts,
        site_id=_site(uow, tenant_id, about.device_id),
        device_id=about.device_id,
        card_no=about.card_no,
        customer_id=about.customer_id or _holder(uow, tenant_id, about.card_no),
        opened_at=now,
        version=0,
    )
    tickets.add(ticket)
    tickets.add(_entry(ticket, EntryKind.OPENED, actor, ""))
    return ticket


def _site(uow: UnitOfWork, tenant_id: str, device_id: str | None) -> UUID | None:
    if device_id is None:
        return None
    return devices.get(uow, tenant_id=tenant_id, device_id=device_id).site_id


def _holder(uow: UnitOfWork, tenant_id: str, card_no: str | None) -> UUID | None:
    if card_no is None:
        return None
    card = cards.known(uow, tenant_id=tenant_id, card_nos=[card_no]).get(card_no)
    return card.customer_id if card else None


def _attach(
    uow: UnitOfWork, tickets: TicketRepository, ticket: Ticket, findings: Sequence[Finding]
) -> None:
    for finding in findings:
        entry = _entry(ticket, EntryKind.FINDING, audit.SYSTEM, finding.code)
        entry.finding_id = finding.finding_id
        tickets.add(entry)
    _changed(uow, ticket)


def _entry(ticket: Ticket, kind: EntryKind, actor: str, body: str) -> TicketEntry:
    return TicketEntry(
        ticket_id=ticket.ticket_id, kind=kind, actor=actor, body=body, at=clock.now()
    )


def _changed(uow: UnitOfWork, ticket: Ticket) -> None:
    ticket.version += 1
    uow.emit(TicketChanged(tenant_id=ticket.tenant_id, ticket_id=ticket.ticket_id))

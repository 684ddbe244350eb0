"""How cases come in: found by machines, or told by people."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tapline import audit, cards, clock, devices, orders, partners, policy, reconciliation
from tapline.errors import InvalidError
from tapline.ids import new_id
from tapline.policy import Policy
from tapline.reconciliation import Finding, Side
from tapline.tickets import categories, fast_lane, repetition, rules
from tapline.tickets.clocks import service as clocks
from tapline.tickets.holding import hold_if_planned
from tapline.tickets.model import EntryKind, Ticket, TicketState
from tapline.tickets.record import note
from tapline.tickets.repository import TicketRepository
from tapline.tickets.rules import About, Case
from tapline.uow import UnitOfWork


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
    # It may have changed while we waited. Whoever changed it has told so, and those news do it.
    finding = reconciliation.get(uow, tenant_id=tenant_id, finding_id=finding_id)
    if rules.case_of(finding, in_force) != case:
        return None
    pending = _pending(tickets, case, finding, in_force)
    ticket = tickets.open_on(case.subject)
    if not pending or (ticket is None and len(pending) < case.findings_min):
        return ticket
    if ticket is None:
        about = About(
            facts={"count": 0},
            device_id=finding.device_id,
            card_no=finding.card_no,
            order_id=rules.order_named(finding),
        )
        ticket = open_case(uow, tenant_id, case, about)
    ticket.facts = ticket.facts | {"count": ticket.facts.get("count", 0) + len(pending)}
    _attach(uow, ticket, pending)
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
        ticket = open_case(uow, tenant_id, case, about)
    ticket.facts = ticket.facts | owed
    findings = reconciliation.of_fact(uow, tenant_id=tenant_id, device_id=device_id, seq=seq)
    attended = tickets.attended(case.subject)
    _attach(uow, ticket, [one for one in findings if one.finding_id not in attended])
    return ticket


def report(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    category: str,
    about: About,
    actor: str,
    words: str,
    subject: str | None = None,
    file_ids: Sequence[UUID] = (),
) -> Ticket:
    """Take down what a person says. On a subject with an open ticket it is added to that one.

    The subject follows from what it is about, unless it is narrower, such as a single pour. A
    case that waited for the customer waits no longer. `file_ids` are photos that he sent along.

    Raises:
        InvalidError: there are no words, or it is about nothing.
    """
    if not words.strip():
        raise InvalidError("write what happened first")
    tickets = TicketRepository(uow, tenant_id)
    case = Case(subject, category) if subject else rules.reported(category, about)
    tickets.be_alone(case.subject)
    ticket = tickets.open_on(case.subject)
    if ticket is None:
        ticket = open_case(uow, tenant_id, case, about, actor)
    elif ticket.customer_id is None:
        ticket.customer_id = about.customer_id
    note(uow, ticket, EntryKind.COMMENT, actor=actor, body=words.strip(), file_ids=file_ids)
    if ticket.paused_since is not None:
        clocks.go_on(uow, ticket)
        note(uow, ticket, EntryKind.RESUMED, actor=actor)
    return ticket


def _pending(
    tickets: TicketRepository, case: Case, finding: Finding, in_force: Policy
) -> Sequence[Finding]:
    """The findings that no ticket on the subject names yet: this one, and those it adds up with."""
    if case.findings_min == 1 or finding.device_id is None:
        return [] if finding.finding_id in tickets.attended(case.subject) else [finding]
    window = timedelta(seconds=in_force.device_ticket_window_s)
    return tickets.unattended(
        case.subject,
        code=finding.code,
        device_id=finding.device_id,
        since=clock.now() - window,
    )


def open_case(
    uow: UnitOfWork, tenant_id: str, case: Case, about: About, actor: str = audit.SYSTEM
) -> Ticket:
    """A new ticket with its clocks running. The caller has made sure that the case has none."""
    tickets = TicketRepository(uow, tenant_id)
    now = clock.now()
    day = clock.business_date(now)
    order = about.order_id and orders.get(uow, tenant_id=tenant_id, order_id=about.order_id)
    site_id = _site(uow, tenant_id, about.device_id)
    ticket = Ticket(
        ticket_id=new_id(),
        tenant_id=tenant_id,
        number=rules.number(day, tickets.next_count(day)),
        subject=case.subject,
        source=about.source,
        category=case.category,
        priority=categories.of(case.category).priority,
        state=TicketState.OPEN,
        facts=about.facts
        | ({"number": order.number} if order else {})
        | _agreed_side(uow, tenant_id, site_id, case.category),
        site_id=site_id,
        device_id=about.device_id,
        card_no=about.card_no,
        customer_id=about.customer_id
        or (order.customer_id if order else _holder(uow, tenant_id, about.card_no)),
        order_id=about.order_id,
        call_id=about.call_id,
        prediction_id=about.prediction_id,
        opened_at=now,
        returns=0,
        version=0,
    )
    repetition.mark(uow, ticket)
    fast_lane.by_site(uow, ticket)
    clocks.start(uow, ticket)
    hold_if_planned(uow, ticket)
    tickets.add(ticket)
    note(uow, ticket, EntryKind.OPENED, actor=actor)
    repetition.gather(uow, ticket)
    return ticket


def _site(uow: UnitOfWork, tenant_id: str, device_id: str | None) -> UUID | None:
    if device_id is None:
        return None
    return devices.get(uow, tenant_id=tenant_id, device_id=device_id).site_id


def _agreed_side(
    uow: UnitOfWork, tenant_id: str, site_id: UUID | None, category: str
) -> dict[str, str]:
    """Who deals with it by the site's agreement, where that is not simply us. The case has its
    one owner at the desk all the same: liability is another matter."""
    if site_id is None:
        return {}
    side = partners.responsible(uow, tenant_id=tenant_id, site_id=site_id, category=category)
    return {} if side is Side.OPERATOR else {"side": side.value}


def _holder(uow: UnitOfWork, tenant_id: str, card_no: str | None) -> UUID | None:
    if card_no is None:
        return None
    card = cards.known(uow, tenant_id=tenant_id, card_nos=[card_no]).get(card_no)
    return card.customer_id if card else None


def _attach(uow: UnitOfWork, ticket: Ticket, findings: Sequence[Finding]) -> None:
    for finding in findings:
        note(uow, ticket, EntryKind.FINDING, body=finding.code, finding_id=finding.finding_id)

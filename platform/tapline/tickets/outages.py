"""Machines that are not heard of: one case an outage, and one for each that is dark alone."""

from collections.abc import Iterable
from uuid import UUID

from tapline import audit, outages
from tapline.outages import IncidentKind, IncidentView
from tapline.people import Scope
from tapline.tickets import ending, rules
from tapline.tickets.intake import open_case
from tapline.tickets.model import EntryKind, Outcome, Ticket
from tapline.tickets.record import note
from tapline.tickets.repository import TicketRepository
from tapline.tickets.rules import About
from tapline.tickets.withdrawing import is_untouched
from tapline.uow import UnitOfWork

_CATEGORIES = {IncidentKind.SITE: "site_dark", IncidentKind.OURS: "platform_dark"}


def on_dark_machine(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, darkness_id: UUID
) -> Ticket | None:
    """Open a case for a machine that stays dark on its own.

    None where it is back, or in an outage that goes on; called again it changes nothing.
    """
    tickets = TicketRepository(uow, tenant_id)
    case = rules.dark_of(device_id)
    tickets.be_alone(case.subject)
    alone = outages.incidents.alone(uow, tenant_id=tenant_id, device_ids=[device_id])
    if not any(one.darkness_id == darkness_id for one in alone):
        return None
    return tickets.open_on(case.subject) or open_case(
        uow, tenant_id, case, About(device_id=device_id)
    )


def on_outage(uow: UnitOfWork, *, tenant_id: str, incident_id: UUID) -> Ticket | None:
    """Open the case of an outage, or bring it up to date; while it goes on, cases of its machines
    are taken in.

    Called again, and for news in any order, it says what is so now. A person who closed the case
    has closed it.
    """
    tickets = TicketRepository(uow, tenant_id)
    tickets.be_alone(rules.outage_subject(incident_id))
    view = outages.incidents.get(uow, scope=Scope(tenant_id), incident_id=incident_id)
    case = rules.outage_of(incident_id, _CATEGORIES[view.incident.kind])
    ticket = tickets.newest_on(case.subject)
    if ticket is None and view.is_open:
        ticket = open_case(uow, tenant_id, case, About(facts=_facts(view)))
        ticket.site_id = view.incident.site_id
    if ticket is None or ticket.closed_at is not None:
        return ticket
    ticket.facts = ticket.facts | _facts(view)
    if view.incident.absorbed_by is not None:
        into = on_outage(uow, tenant_id=tenant_id, incident_id=view.incident.absorbed_by)
        if into is not None:
            _take_in(uow, ticket, into)
        return ticket
    if view.is_open:
        _gather(uow, ticket, (one.device_id for one in view.members))
    else:
        _be_over(uow, ticket)
    return ticket


def on_machine_back(uow: UnitOfWork, *, tenant_id: str, device_id: str) -> None:
    """A machine is heard again: its case, if it had one of its own, says so."""
    tickets = TicketRepository(uow, tenant_id)
    case = rules.dark_of(device_id)
    tickets.be_alone(case.subject)
    ticket = tickets.open_on(case.subject)
    dark = outages.open_now(uow, tenant_id=tenant_id, device_ids=[device_id])
    if ticket is not None and not dark:
        _be_over(uow, ticket)


def _gather(uow: UnitOfWork, into: Ticket, device_ids: Iterable[str]) -> None:
    tickets = TicketRepository(uow, into.tenant_id)
    for device_id in dict.fromkeys(device_ids):
        own = tickets.open_on(rules.dark_of(device_id).subject)
        if own is not None:
            _take_in(uow, own, into)


def _take_in(uow: UnitOfWork, ticket: Ticket, into: Ticket) -> None:
    """What nobody has touched is closed as part of the wider case; the rest learns of it."""
    if ticket.facts.get("part_of") == into.number:
        return
    ticket.facts = ticket.facts | {"part_of": into.number}
    untouched = is_untouched(uow, ticket=ticket)
    note(uow, ticket, EntryKind.GATHERED, body=into.number)
    if untouched:
        ending.end(uow, ticket, Outcome.DUPLICATE, actor=audit.SYSTEM)
        note(uow, ticket, EntryKind.CLOSED)


def _be_over(uow: UnitOfWork, ticket: Ticket) -> None:
    """Nobody need go: what nobody has touched is closed, an owner closes it himself."""
    if ticket.facts.get("back"):
        return
    ticket.facts = ticket.facts | {"back": True}
    untouched = is_untouched(uow, ticket=ticket)
    note(uow, ticket, EntryKind.BACK)
    if untouched:
        ending.end(uow, ticket, Outcome.FIXED, actor=audit.SYSTEM)
        note(uow, ticket, EntryKind.CLOSED)


def _facts(view: IncidentView) -> dict[str, object]:
    incident = view.incident
    named = {"site": view.site.name, "site_en": view.site.name_en} if view.site else {}
    return named | {
        "machines": incident.machines,
        "most": incident.machines_most,
        "all": incident.machines_all,
        "cause": incident.cause.value,
        "over": not view.is_open,
    }

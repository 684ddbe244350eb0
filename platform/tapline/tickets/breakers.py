"""Automatic money that stopped by itself is one case, however much waits for it."""

from uuid import UUID

from tapline import sites
from tapline.reconciliation import breakers
from tapline.reconciliation.breakers import Breaker, Scope
from tapline.tickets.intake import open_case
from tapline.tickets.model import Ticket
from tapline.tickets.repository import TicketRepository
from tapline.tickets.rules import About, breaker_of
from tapline.uow import UnitOfWork


def on_breaker(uow: UnitOfWork, *, tenant_id: str, breaker_id: UUID) -> Ticket:
    """Open the case of a breaker that tripped; the open one of its firmware or site takes it in.

    Called again for the same breaker it changes nothing.
    """
    breaker = breakers.get(uow, tenant_id=tenant_id, breaker_id=breaker_id)
    case = breaker_of(breaker.scope, breaker.key)
    tickets = TicketRepository(uow, tenant_id)
    tickets.be_alone(case.subject)
    ticket = tickets.open_on(case.subject)
    if ticket is None:
        ticket = open_case(uow, tenant_id, case, About())
    ticket.facts = breaker.figures | {
        "scope": breaker.scope.value,
        "of": _name(uow, breaker),
        "breaker": str(breaker_id),
    }
    if breaker.scope is Scope.SITE:
        ticket.site_id = UUID(breaker.key)
    return ticket


def _name(uow: UnitOfWork, breaker: Breaker) -> str:
    """What the breaker stands for, as people call it."""
    if breaker.scope is Scope.MODEL:
        return breaker.key
    every = sites.listed(uow, tenant_id=breaker.tenant_id)
    return next((site.name for site in every if str(site.site_id) == breaker.key), breaker.key)

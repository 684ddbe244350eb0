"""The people and places of these tests: a site with two machines, a desk, technicians."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tapline import clock, devices, notices, people, routing, sites, tickets
from tapline.people import Customer, Role, Staff
from tapline.routing import Presence
from tapline.sites import Site
from tapline.tickets import About, EntryKind, Source, Ticket
from tapline.uow import UnitOfWork
from tests import factories

CARD = "88001234"
PHONE = "13800138000"


def moment(text: str) -> datetime:
    """A moment on the business clock."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.BUSINESS_ZONE)


WEDNESDAY = moment("2026-11-18 10:00")


def prepare(uow: UnitOfWork) -> None:
    """Tenant `demo` with machines `A` and `B` on the site HZ-01, and a card."""
    factories.tenant(uow)
    site = factories.site(uow)
    for device_id in ("A", "B"):
        devices.register(
            uow,
            vault=factories.VAULT,
            hash_password=lambda password: password[::-1],
            tenant_id="demo",
            device_id=device_id,
            site_id=site.site_id,
            spot="3 号楼 1 层",
        )
    factories.card(uow, CARD)


def site(uow: UnitOfWork) -> Site:
    """Where the machines stand."""
    (only,) = sites.listed(uow, tenant_id="demo")
    return only


def staff(
    uow: UnitOfWork, login: str, role: Role = Role.AGENT, phone: str | None = None, **skills: int
) -> Staff:
    """A member of the staff, by login."""
    return people.create_staff(
        uow, tenant_id="demo", login=login, name=login, role=role, phone=phone, skills=skills
    )[0]


def customer(uow: UnitOfWork, phone: str = PHONE) -> Customer:
    return people.create_customer(uow, tenant_id="demo", phone=phone, name="王秀英")


def reported(
    uow: UnitOfWork, category: str = "device_fault", words: str = "不出水", **about: Any
) -> Ticket:
    """What somebody told through the portal; of machine `A` unless said otherwise."""
    return tickets.report(
        uow,
        tenant_id="demo",
        category=category,
        about=About(source=Source.PORTAL, **(about or {"device_id": "A"})),
        actor="customer",
        words=words,
    )


def at(ticket: Ticket, member: Staff) -> dict[str, Any]:
    """The words with which `member` acts on the ticket as it is now."""
    return {
        "tenant_id": "demo",
        "ticket_id": ticket.ticket_id,
        "staff": member,
        "version": ticket.version,
    }


def kinds(uow: UnitOfWork, ticket: Ticket) -> list[EntryKind]:
    entries = tickets.timeline(uow, tenant_id="demo", ticket_id=ticket.ticket_id)
    return [entry.kind for entry in entries]


def ready(uow: UnitOfWork, *members: Staff) -> None:
    for member in members:
        routing.set_presence(
            uow, tenant_id="demo", agent_id=str(member.staff_id), presence=Presence.READY
        )


def texts(uow: UnitOfWork, phone: str) -> list[str]:
    """What was sent to a phone, oldest first."""
    sent = uow.session.query(notices.Notice).filter_by(recipient=phone)
    return [one.text for one in sent.order_by(notices.Notice.created_at)]


def put(uow: UnitOfWork, ticket_id: UUID) -> None:
    """What the worker does whenever a ticket has changed."""
    tickets.put_in_place(uow, tenant_id="demo", ticket_id=ticket_id)

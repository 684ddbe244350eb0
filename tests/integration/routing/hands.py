"""What tests do at a desk, in few words."""

from sqlalchemy import select

from tapline import people, routing
from tapline.ids import new_id
from tapline.outbox import OutboxMessage
from tapline.people import Role, Staff
from tapline.routing import Medium, Presence, Work
from tapline.uow import UnitOfWork


def staff(
    uow: UnitOfWork, login: str, role: Role = Role.AGENT, skills: dict[str, int] | None = None
) -> Staff:
    """Somebody who is ready for work."""
    member, _ = people.create_staff(
        uow, tenant_id="demo", login=login, name=login.title(), role=role, skills=skills
    )
    ready(uow, member)
    return member


def ready(uow: UnitOfWork, member: Staff, presence: Presence = Presence.READY) -> None:
    routing.set_presence(uow, tenant_id="demo", agent_id=str(member.staff_id), presence=presence)


def ring(uow: UnitOfWork, **described: object) -> str:
    work = Work(f"call:{new_id()}", Medium.VOICE, "calls", **described)  # type: ignore[arg-type]
    routing.enqueue(uow, tenant_id="demo", work=work)
    return work.work_id


def offered(uow: UnitOfWork, member: Staff) -> list[routing.OfferView]:
    return list(routing.offers_of(uow, tenant_id="demo", agent_id=str(member.staff_id)))


def accept(uow: UnitOfWork, member: Staff) -> Work:
    (offer,) = offered(uow, member)
    return routing.accept(
        uow, tenant_id="demo", offer_id=offer.offer_id, agent_id=str(member.staff_id)
    )


def told(uow: UnitOfWork, kind: str) -> list[dict[str, object]]:
    uow.session.flush()
    rows = uow.session.scalars(
        select(OutboxMessage).where(OutboxMessage.type == kind).order_by(OutboxMessage.position)
    )
    return [row.payload for row in rows]

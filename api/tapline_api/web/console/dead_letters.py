"""Messages that nobody could act on: why, what they say, and what is to become of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from tapline import audit, clock
from tapline.devices import messages
from tapline.devices.messages import Which, replays
from tapline.errors import InvalidError
from tapline.people import Role
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction, WrongDoorError
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter(prefix="/dead-letters")

_HOME = "/console/dead-letters"
_PAGE = 50

_KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""Who reads messages in full, has them tried again and discards them."""


def _keeper(member: CurrentAgent) -> Member:
    if member.staff.role not in _KEEPERS:
        raise WrongDoorError
    return member


Keeper = Annotated[Member, Depends(_keeper)]
Word = Annotated[str | None, Query(max_length=64)]
Chosen = Annotated[str | None, Form(max_length=64)]
Reason = Annotated[str, Form(min_length=1, max_length=200)]


@router.get("")
def dead_letters_page(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    code: Word = None,
    vendor: Word = None,
    device: Word = None,
    ended: bool = False,
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """How many wait, by reason; and those of one reason, maker or machine."""
    tenant_id = member.tenant_id
    letters = messages.buried(
        uow,
        tenant_id=tenant_id,
        which=Which(code=code or None, vendor=vendor or None, device_id=device or None),
        ended=ended,
        before=before,
        limit=_PAGE,
    )
    lately = replays.newest(uow, tenant_id=tenant_id)
    return render(
        request,
        "console/dead_letters.html",
        member=member,
        letters=letters,
        older=letters[-1].dead_letter_id if len(letters) == _PAGE else None,
        piles=messages.piles(uow, tenant_id=tenant_id),
        code=code,
        vendor=vendor,
        device=device,
        ended=ended,
        lately=lately,
        progress=replays.progress(uow, replay_ids=[one.replay_id for one in lately]),
        is_keeper=member.staff.role in _KEEPERS,
    )


@router.get("/{dead_letter_id}")
def dead_letter_page(
    request: Request, uow: Transaction, member: CurrentAgent, dead_letter_id: int
) -> Response:
    """One message: its bytes, and what the last try came to. Whoever reads it in full is noted."""
    if member.staff.role in _KEEPERS:
        audit.record(
            uow,
            tenant_id=member.tenant_id,
            actor=member.actor,
            action="deadletter.read",
            subject=f"deadletter:{dead_letter_id}",
        )
    return _letter(request, uow, member, dead_letter_id, "console/dead_letter.html")


@router.get("/{dead_letter_id}/tried")
def tried(
    request: Request, uow: Transaction, member: CurrentAgent, dead_letter_id: int
) -> Response:
    """What the last try came to, for the page to refresh itself."""
    return _letter(request, uow, member, dead_letter_id, "console/dead_letter_tried.html")


@router.post("/{dead_letter_id}/replay")
def replay(
    uow: Transaction,
    member: Keeper,
    dead_letter_id: int,
    rehearsal: Annotated[bool, Form()] = False,
) -> Response:
    """Have it tried again; as a rehearsal nothing of it stays."""
    messages.letter(uow, tenant_id=member.tenant_id, dead_letter_id=dead_letter_id)
    replays.ask(
        uow,
        tenant_id=member.tenant_id,
        which=Which(dead_letter_id=dead_letter_id),
        rehearsal=rehearsal,
        actor=member.actor,
    )
    return see_other(f"{_HOME}/{dead_letter_id}")


@router.post("/{dead_letter_id}/discard")
def discard(uow: Transaction, member: Keeper, dead_letter_id: int, reason: Reason) -> Response:
    """Nothing follows from it. It is kept."""
    messages.discard(
        uow,
        tenant_id=member.tenant_id,
        dead_letter_id=dead_letter_id,
        actor=member.actor,
        reason=reason,
    )
    return see_other(_HOME)


@router.post("/replays")
def replay_all(
    *,
    uow: Transaction,
    member: Keeper,
    code: Chosen = None,
    vendor: Chosen = None,
    device: Chosen = None,
    until: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Have all of one reason, maker or machine tried again, up to a time by the business clock."""
    which = Which(
        code=code or None,
        vendor=vendor or None,
        device_id=device or None,
        until=_moment(until) if until else None,
    )
    asked = replays.ask(
        uow, tenant_id=member.tenant_id, which=which, rehearsal=False, actor=member.actor
    )
    return see_other(f"{_HOME}/replays/{asked.replay_id}")


@router.get("/replays/{replay_id}")
def replay_page(
    request: Request, uow: Transaction, member: CurrentAgent, replay_id: UUID
) -> Response:
    """How far it has come."""
    return _replay(request, uow, member, replay_id, "console/replay.html")


@router.get("/replays/{replay_id}/progress")
def replay_progress(
    request: Request, uow: Transaction, member: CurrentAgent, replay_id: UUID
) -> Response:
    """The same without its frame, for the page to refresh itself."""
    return _replay(request, uow, member, replay_id, "console/replay_progress.html")


def _moment(text: str) -> datetime:
    """A time as a browser's field gives it, by the business clock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidError(f"not a time such as 2026-11-21T08:15: {text}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.BUSINESS_ZONE)


def _letter(
    request: Request, uow: UnitOfWork, member: Member, dead_letter_id: int, template: str
) -> Response:
    letter = messages.letter(uow, tenant_id=member.tenant_id, dead_letter_id=dead_letter_id)
    return render(
        request,
        template,
        member=member,
        letter=letter,
        tried=replays.step_of(uow, letter=letter),
        is_keeper=member.staff.role in _KEEPERS,
    )


def _replay(
    request: Request, uow: UnitOfWork, member: Member, replay_id: UUID, template: str
) -> Response:
    found = replays.get(uow, tenant_id=member.tenant_id, replay_id=replay_id)
    return render(
        request,
        template,
        member=member,
        replay=found,
        progress=replays.progress(uow, replay_ids=[replay_id])[replay_id],
    )

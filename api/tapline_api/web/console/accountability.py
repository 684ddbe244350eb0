"""Who is held to answer for findings: objections to decide, and what sides say by letter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import partners, reconciliation
from tapline.errors import NotFoundError
from tapline.partners import HELD, Matter, Standing
from tapline.people import Role
from tapline.reconciliation import Side
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.photos import Photos, kept
from tapline_api.web.statement_page import sites_of

router = APIRouter(prefix="/accountability")

_HOME = "/console/accountability"
_TO_DECIDE = [standing for standing in Standing if standing.wants_decision]
_OVER = [standing for standing in Standing if not standing.is_open]
_DECIDERS = frozenset({Role.SUPERVISOR, Role.ADMIN})

Words = Annotated[str, Form(max_length=1000)]


@router.get("")
def queue(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """What wants a decision, what awaits a side's word, and what became of the rest."""
    return render(
        request,
        "console/accountability.html",
        member=member,
        to_decide=partners.matters(uow, scope=member.scope, standings=_TO_DECIDE),
        awaited=partners.matters(uow, scope=member.scope, standings=[Standing.PROPOSED]),
        over=partners.matters(
            uow, scope=member.scope, standings=_OVER, newest_first=True, limit=50
        ),
        sites=sites_of(uow, member.tenant_id),
    )


@router.get("/{finding_id}")
def matter(request: Request, uow: Transaction, member: Treasurer, finding_id: UUID) -> Response:
    """One finding: the evidence clock, and what may be said or decided."""
    finding = reconciliation.get(uow, tenant_id=member.tenant_id, finding_id=finding_id)
    found = _found(uow, member, finding_id)
    return render(
        request,
        "console/matter.html",
        member=member,
        finding=finding,
        matter=found,
        moments=partners.evidence_clock(uow, scope=member.scope, finding_id=finding_id)
        if found
        else [],
        sides=sorted(HELD),
        decides=member.staff.role in _DECIDERS,
        sites=sites_of(uow, member.tenant_id),
    )


@router.post("/{finding_id}/decide")
def decide(
    uow: Transaction,
    member: Treasurer,
    finding_id: UUID,
    uphold: Annotated[bool, Form()],
    reason: Words,
) -> Response:
    """On an objection, or on silence."""
    partners.decide_objection(
        uow,
        tenant_id=member.tenant_id,
        finding_id=finding_id,
        uphold=uphold,
        staff=member.staff,
        reason=reason,
    )
    return see_other(f"{_HOME}/{finding_id}")


@router.post("/{finding_id}/propose")
def propose(
    uow: Transaction,
    member: Treasurer,
    finding_id: UUID,
    side: Annotated[Side, Form()],
    reason: Words,
) -> Response:
    """Hold another side to answer than the evidence does."""
    partners.propose_side(
        uow,
        tenant_id=member.tenant_id,
        finding_id=finding_id,
        side=side,
        staff=member.staff,
        reason=reason,
    )
    return see_other(f"{_HOME}/{finding_id}")


@router.post("/{finding_id}/take-down")
def take_down(
    *,
    uow: Transaction,
    member: Treasurer,
    finding_id: UUID,
    agree: Annotated[bool, Form()],
    words: Words,
    photos: Photos = None,
) -> Response:
    """What a side says by phone or letter: that it objects, or that a vendor agrees."""
    if agree:
        partners.agree(
            uow, scope=member.scope, finding_id=finding_id, staff=member.staff, words=words
        )
    else:
        partners.object_to(
            uow,
            scope=member.scope,
            finding_id=finding_id,
            staff=member.staff,
            words=words,
            file_ids=kept(uow, member.tenant_id, photos or []),
        )
    return see_other(f"{_HOME}/{finding_id}")


def _found(uow: UnitOfWork, member: Member, finding_id: UUID) -> Matter | None:
    try:
        return partners.matter(uow, scope=member.scope, finding_id=finding_id)
    except NotFoundError:
        return None

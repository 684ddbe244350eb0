"""What was found on his sites and laid on the property: why, until when, and his word to it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import partners
from tapline.errors import NotFoundError
from tapline.partners import Matter, Standing
from tapline.reconciliation import sentences
from tapline_api import exports, labels
from tapline_api.deps import CurrentManager, Transaction
from tapline_api.formats import formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.photos import Photos, kept, shown
from tapline_api.web.statement_page import sites_of

router = APIRouter(prefix="/accountability")

_HOME = "/manager/accountability"
_OPEN = [standing for standing in Standing if standing.is_open]
_OVER = [standing for standing in Standing if not standing.is_open]
_EXPORTED_MAX = 10_000


@router.get("")
def matters(request: Request, uow: Transaction, member: CurrentManager) -> Response:
    """What awaits his word, the earliest deadline first, and what became of the rest."""
    return render(
        request,
        "manager/accountability.html",
        member=member,
        open=partners.matters(uow, scope=member.scope, standings=_OPEN),
        over=partners.matters(
            uow, scope=member.scope, standings=_OVER, newest_first=True, limit=50
        ),
        sites=sites_of(uow, member.tenant_id),
    )


@router.get("/table.xlsx")
def table(request: Request, uow: Transaction, member: CurrentManager) -> Response:
    """The same as Excel."""
    found = partners.matters(uow, scope=member.scope, standings=list(Standing), limit=_EXPORTED_MAX)
    formats = formats_of(request)
    translate = formats.translate
    named = sites_of(uow, member.tenant_id)

    def row(one: Matter) -> list[str | int]:
        held = one.responsibility
        return [
            formats.exact(one.finding.detected_at),
            named[held.site_id].name,
            held.device_id,
            sentences.plain(one.finding, formats.locale),
            translate(labels.of(held.standing)),
            formats.exact(held.deadline),
        ]

    head: list[str | int] = [
        translate("When"),
        translate("Site"),
        translate("Machine"),
        translate("What was found"),
        translate("State"),
        translate("Answer until"),
    ]
    rows = [head, *(row(one) for one in found)]
    return exports.excel(uow, member, name="accountability", rows=rows)


@router.get("/{finding_id}")
def matter(
    request: Request, uow: Transaction, member: CurrentManager, finding_id: UUID
) -> Response:
    """One of them: the finding, one evidence clock for both sides, and his word."""
    found = partners.matter(uow, scope=member.scope, finding_id=finding_id)
    return render(
        request,
        "manager/matter.html",
        member=member,
        matter=found,
        moments=partners.evidence_clock(uow, scope=member.scope, finding_id=finding_id),
        site=sites_of(uow, member.tenant_id)[found.responsibility.site_id],
    )


@router.post("/{finding_id}/object")
def object_to(
    *,
    uow: Transaction,
    member: CurrentManager,
    finding_id: UUID,
    words: Annotated[str, Form(max_length=1000)] = "",
    photos: Photos = None,
) -> Response:
    """It is not ours: in words, with a photo, or both."""
    partners.matter(uow, scope=member.scope, finding_id=finding_id)
    partners.object_to(
        uow,
        scope=member.scope,
        finding_id=finding_id,
        staff=member.staff,
        words=words,
        file_ids=kept(uow, member.tenant_id, photos or []),
    )
    return see_other(f"{_HOME}/{finding_id}")


@router.post("/{finding_id}/agree")
def agree(uow: Transaction, member: CurrentManager, finding_id: UUID) -> Response:
    """It is ours."""
    partners.agree(uow, scope=member.scope, finding_id=finding_id, staff=member.staff)
    return see_other(f"{_HOME}/{finding_id}")


@router.get("/{finding_id}/photos/{file_id}")
def photo(uow: Transaction, member: CurrentManager, finding_id: UUID, file_id: UUID) -> Response:
    """A photo of the evidence clock, and no other."""
    moments = partners.evidence_clock(uow, scope=member.scope, finding_id=finding_id)
    if not any(str(file_id) in one.file_ids for one in moments):
        raise NotFoundError("no such photo")
    return shown(uow, member.tenant_id, file_id)

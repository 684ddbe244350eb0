"""A school's list before it counts: what it would change, and what is wrong with it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from tapline.rosters import schools, students
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter(prefix="/school-lists")


@router.get("/{draft_id}")
def list_page(request: Request, uow: Transaction, member: CurrentAgent, draft_id: UUID) -> Response:
    """What applying it would do; afterwards, what it did."""
    draft = students.draft(uow, tenant_id=member.tenant_id, draft_id=draft_id)
    return render(
        request,
        "console/school_list.html",
        member=member,
        draft=draft,
        school=schools.get(uow, tenant_id=member.tenant_id, school_id=draft.school_id),
        plan=students.planned(uow, draft=draft) if draft.rows is not None else None,
    )


@router.post("/{draft_id}/apply")
def apply(uow: Transaction, member: CurrentAgent, draft_id: UUID) -> Response:
    """Let it count."""
    students.apply(uow, tenant_id=member.tenant_id, draft_id=draft_id, actor=member.actor)
    return see_other(f"/console/school-lists/{draft_id}")

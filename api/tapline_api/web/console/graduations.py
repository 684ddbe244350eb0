"""Those who leave a school: who is meant, how far it has come, whose money waits."""

from collections import Counter
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import audit
from tapline.files import sheets
from tapline.rosters import graduations, schools, students
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter()


@router.get("/schools/{school_id}/graduate")
def preview(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    school_id: UUID,
    class_name: Annotated[str, Query(max_length=60)] = "",
    graduates_by: str = "",
) -> Response:
    """Whose cards would be given up, with what is on them."""
    tenant_id = member.tenant_id
    by = _day(graduates_by)
    is_chosen = bool(class_name) or by is not None
    return render(
        request,
        "console/graduate.html",
        member=member,
        school=schools.get(uow, tenant_id=tenant_id, school_id=school_id),
        classes=students.classes(uow, tenant_id=tenant_id, school_id=school_id),
        class_name=class_name,
        graduates_by=by,
        candidates=graduations.preview(
            uow,
            tenant_id=tenant_id,
            school_id=school_id,
            class_name=class_name or None,
            graduates_by=by,
        )
        if is_chosen
        else None,
    )


@router.post("/schools/{school_id}/graduate")
def propose(
    *,
    uow: Transaction,
    member: CurrentAgent,
    school_id: UUID,
    count: Annotated[int, Form(ge=1)],
    reason: Annotated[str, Form(min_length=1, max_length=200)],
    class_name: Annotated[str, Form(max_length=60)] = "",
    graduates_by: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Propose it as previewed."""
    graduation = graduations.propose(
        uow,
        tenant_id=member.tenant_id,
        school_id=school_id,
        class_name=class_name or None,
        graduates_by=_day(graduates_by),
        count=count,
        reason=reason,
        actor=member.actor,
    )
    return see_other(f"/console/graduations/{graduation.graduation_id}")


@router.get("/graduations/{graduation_id}")
def graduation_page(
    request: Request, uow: Transaction, member: CurrentAgent, graduation_id: UUID
) -> Response:
    """One graduation, card by card."""
    tenant_id = member.tenant_id
    graduation = graduations.get(uow, tenant_id=tenant_id, graduation_id=graduation_id)
    rows = graduations.cards_of(uow, tenant_id=tenant_id, graduation_id=graduation_id)
    return render(
        request,
        "console/graduation.html",
        member=member,
        graduation=graduation,
        school=schools.get(uow, tenant_id=tenant_id, school_id=graduation.school_id),
        rows=rows,
        steps=Counter(card.step for card, _ in rows),
        may_approve=graduations.may_approve(graduation, member.staff),
    )


@router.post("/graduations/{graduation_id}/approve")
def approve(uow: Transaction, member: CurrentAgent, graduation_id: UUID) -> Response:
    """Let the cards be given up."""
    graduations.approve(
        uow, tenant_id=member.tenant_id, graduation_id=graduation_id, staff=member.staff
    )
    return see_other(f"/console/graduations/{graduation_id}")


@router.post("/graduations/{graduation_id}/withdraw")
def withdraw(uow: Transaction, member: CurrentAgent, graduation_id: UUID) -> Response:
    """Drop the proposal."""
    graduations.withdraw(
        uow, tenant_id=member.tenant_id, graduation_id=graduation_id, actor=member.actor
    )
    return see_other(f"/console/graduations/{graduation_id}")


@router.get("/schools/{school_id}/unclaimed")
def unclaimed_page(
    request: Request, uow: Transaction, member: CurrentAgent, school_id: UUID
) -> Response:
    """Whose money waits; it never lapses."""
    tenant_id = member.tenant_id
    return render(
        request,
        "console/unclaimed.html",
        member=member,
        school=schools.get(uow, tenant_id=tenant_id, school_id=school_id),
        rows=graduations.unclaimed(uow, tenant_id=tenant_id, school_id=school_id),
    )


@router.get("/schools/{school_id}/unclaimed.xlsx")
def unclaimed_file(uow: Transaction, member: CurrentAgent, school_id: UUID) -> Response:
    """The same for the school, with names and phones in full: that is on record."""
    tenant_id = member.tenant_id
    schools.get(uow, tenant_id=tenant_id, school_id=school_id)
    rows = graduations.unclaimed(uow, tenant_id=tenant_id, school_id=school_id)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=member.actor,
        action="export.take",
        subject=f"export:unclaimed:{school_id}",
    )
    return Response(
        graduations.unclaimed_excel(rows),
        media_type=sheets.EXCEL_TYPE,
        headers={"Content-Disposition": 'attachment; filename="unclaimed.xlsx"'},
    )


def _day(text: str) -> date | None:
    """The day that a form's field names; empty, or none at all, is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

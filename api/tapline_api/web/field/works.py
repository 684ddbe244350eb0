"""A technician's work order: accepted, on site, done with an outcome that models learn from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Form, Request, Response, UploadFile, status

from tapline import clock, faults, reports, tickets
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.reports import Case
from tapline.tickets import Outcome, work_orders
from tapline.tickets.work_orders import WorkOrder, obstacles
from tapline.tickets.work_orders.obstacles import Obstacle
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentFieldWorker, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.photos import PHOTOS_MAX, kept

router = APIRouter(prefix="/work-orders/{work_order_id}")


@dataclass(frozen=True, slots=True)
class Row:
    """A work order with the case that it belongs to."""

    work: WorkOrder
    case: Case


def rows_of(uow: UnitOfWork, member: Member, works: Sequence[WorkOrder]) -> list[Row]:
    """Each with its case, in the order given."""
    return [
        Row(work, reports.desk_case(uow, tenant_id=member.tenant_id, ticket_id=work.ticket_id))
        for work in works
    ]


@router.get("")
def work_page(
    request: Request, uow: Transaction, member: CurrentFieldWorker, work_order_id: UUID
) -> Response:
    """Which machine, where it stands, why, and what to do next."""
    return _page(request, uow, member, work_order_id)


@router.post("/accept")
def accept(
    request: Request, uow: Transaction, member: CurrentFieldWorker, work_order_id: UUID
) -> Response:
    """He will go."""
    return _acted(
        request,
        uow,
        member,
        work_order_id,
        lambda: work_orders.accept(
            uow,
            tenant_id=member.tenant_id,
            work_order_id=work_order_id,
            technician=member.staff,
        ),
    )


@router.post("/start")
def start(
    request: Request, uow: Transaction, member: CurrentFieldWorker, work_order_id: UUID
) -> Response:
    """He is there."""
    return _acted(
        request,
        uow,
        member,
        work_order_id,
        lambda: work_orders.start(
            uow,
            tenant_id=member.tenant_id,
            work_order_id=work_order_id,
            technician=member.staff,
        ),
    )


@router.post("/finish")
def finish(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    work_order_id: UUID,
    outcome: Annotated[Outcome, Form()],
    part: Annotated[list[str] | None, Form()] = None,
    count: Annotated[list[int] | None, Form()] = None,
    words: Annotated[str, Form(max_length=2000)] = "",
    photos: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """What he found, what he built in, what it looks like."""
    return _acted(
        request,
        uow,
        member,
        work_order_id,
        lambda: work_orders.finish(
            uow,
            tenant_id=member.tenant_id,
            work_order_id=work_order_id,
            technician=member.staff,
            outcome=outcome,
            parts=_parts(part or [], count or []),
            words=words,
            file_ids=kept(uow, member.tenant_id, photos or []),
        ),
        then="/field",
    )


@router.post("/confirm")
def confirm(
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    work_order_id: UUID,
    code: Annotated[str, Form(max_length=8)],
) -> Response:
    """The customer says his code: it is settled."""
    _own(uow, member, work_order_id)
    try:
        with uow.attempt():
            right = work_orders.confirm_by_code(
                uow,
                tenant_id=member.tenant_id,
                work_order_id=work_order_id,
                technician=member.staff,
                code=code,
            )
    except ConflictError as error:
        return _page(request, uow, member, work_order_id, why=error.code)
    if not right:
        return _page(request, uow, member, work_order_id, why="code")
    return see_other(f"/field/work-orders/{work_order_id}")


@router.post("/setback")
def setback(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    work_order_id: UUID,
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    obstacle: Annotated[Obstacle, Form()],
    agreed_on: Annotated[str, Form(max_length=10)] = "",
    begins: Annotated[str, Form(max_length=8)] = "",
    ends: Annotated[str, Form(max_length=8)] = "",
    part: Annotated[str, Form(max_length=32)] = "",
    count: Annotated[int, Form(ge=1, le=20)] = 1,
    words: Annotated[str, Form(max_length=500)] = "",
    photos: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """A shut door or a missing part: what happens next, and no outcome."""
    return _acted(
        request,
        uow,
        member,
        work_order_id,
        lambda: obstacles.meet(
            uow,
            tenant_id=member.tenant_id,
            work_order_id=work_order_id,
            technician=member.staff,
            obstacle=obstacle,
            plan=obstacles.Plan(
                appointment=_appointment(agreed_on, begins, ends), part=part or None, count=count
            ),
            words=words,
            request_key=request_key,
            file_ids=kept(uow, member.tenant_id, photos or []),
        ),
        then="/field",
    )


@router.post("/hand-back")
def hand_back(
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    work_order_id: UUID,
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """He cannot do it; the desk reads why."""
    return _acted(
        request,
        uow,
        member,
        work_order_id,
        lambda: work_orders.hand_back(
            uow,
            tenant_id=member.tenant_id,
            work_order_id=work_order_id,
            technician=member.staff,
            reason=reason,
        ),
        then="/field",
    )


def _appointment(day: str, begins: str, ends: str) -> obstacles.Appointment | None:
    """The time that was chosen; None where none was."""
    if not (day and begins and ends):
        return None
    try:
        moments = [datetime.fromisoformat(f"{day}T{one}") for one in (begins, ends)]
    except ValueError:
        raise InvalidError("choose a day and a time") from None
    first, last = (one.replace(tzinfo=clock.BUSINESS_ZONE) for one in moments)
    return obstacles.Appointment(first, last)


def _parts(names: Sequence[str], counts: Sequence[int]) -> dict[str, int]:
    """What was built in; a count of 0 was left alone."""
    return {name: count for name, count in zip(names, counts, strict=False) if count}


def _own(uow: UnitOfWork, member: Member, work_order_id: UUID) -> WorkOrder:
    """The technician's own; another's does not exist for him."""
    work = work_orders.get(uow, tenant_id=member.tenant_id, work_order_id=work_order_id)
    if work.technician_id != member.staff.staff_id:
        raise NotFoundError(f"no work order {work_order_id}")
    return work


def _acted(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    work_order_id: UUID,
    act: Callable[[], WorkOrder],
    *,
    then: str | None = None,
) -> Response:
    """Do it and go on; where it cannot be, show the work order and say why."""
    _own(uow, member, work_order_id)  # nobody else's, before any file
    try:
        with uow.attempt():
            act()
    except (ConflictError, InvalidError) as error:
        return _page(request, uow, member, work_order_id, why=error.code)
    return see_other(then or f"/field/work-orders/{work_order_id}")


_STATUS = {
    "": status.HTTP_200_OK,
    "invalid": status.HTTP_422_UNPROCESSABLE_CONTENT,
    "code": status.HTTP_422_UNPROCESSABLE_CONTENT,
}


def _page(
    request: Request, uow: UnitOfWork, member: Member, work_order_id: UUID, *, why: str = ""
) -> Response:
    (row,) = rows_of(uow, member, [_own(uow, member, work_order_id)])
    ticket = row.case.row.ticket
    foreseen = ticket.prediction_id and faults.prediction(
        uow, tenant_id=member.tenant_id, prediction_id=ticket.prediction_id
    )
    return render(
        request,
        "field/work.html",
        status_code=_STATUS.get(why, status.HTTP_409_CONFLICT),
        member=member,
        row=row,
        foreseen=foreseen,
        outcomes=tickets.work_outcomes(ticket.source),
        parts_known=work_orders.PARTS,
        obstacles=list(Obstacle),
        setbacks=obstacles.setbacks_of(
            uow, tenant_id=member.tenant_id, work_order_id=work_order_id
        ),
        request_key=uuid4().hex,
        photos_max=PHOTOS_MAX,
        why=why,
        confirmed=any(one.kind is tickets.EntryKind.CONFIRMED for one in row.case.entries),
    )

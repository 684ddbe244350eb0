"""Who drank it: cases of bad water, their customers and money, drills, the regulator's pack."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import audit, water
from tapline.errors import InvalidError
from tapline.orders import lots
from tapline.uow import UnitOfWork
from tapline.water import drills, samples, stops, traces
from tapline.water.traces import Case
from tapline_api.deps import Member, Transaction
from tapline_api.localisation import locale_of
from tapline_api.redirects import see_other
from tapline_api.templating import environment, render
from tapline_api.web.console import water_pack
from tapline_api.web.console.doors import Operator
from tapline_api.web.console.review import names_of
from tapline_api.web.console.water import read_moment

router = APIRouter(prefix="/water")

Words = Annotated[str, Form(max_length=500)]


@router.post("/traces")
def begin(
    *,
    uow: Transaction,
    member: Operator,
    device_id: Annotated[str, Form(max_length=32)] = "",
    lot: Annotated[str, Form(max_length=40)] = "",
    sample_id: Annotated[str, Form(max_length=36)] = "",
    since: Annotated[str, Form(max_length=32)] = "",
    words: Words = "",
) -> Response:
    """Find everybody who drank of a machine, or had barrels of a lot."""
    sample = _uuid(sample_id)
    if lot.strip():
        trace = traces.open_for_lot(uow, staff=member.staff, lot=lot, sample_id=sample, words=words)
    elif device_id.strip():
        trace = traces.open_for_machine(
            uow,
            staff=member.staff,
            device_id=device_id.strip(),
            sample_id=sample,
            since=read_moment(since) if since.strip() else None,
            words=words,
        )
    else:
        raise InvalidError("name a machine or a lot of barrels")
    return see_other(f"/console/water/traces/{trace.trace_id}")


@router.get("/traces/{trace_id}")
def trace_page(request: Request, uow: Transaction, member: Operator, trace_id: UUID) -> Response:
    """One case: how far bad water went, who was told, what was given back."""
    return render(
        request,
        "console/water_trace.html",
        member=member,
        **_context(uow, member, trace_id),
        pours=list(traces.pours_of(uow, tenant_id=member.tenant_id, trace_id=trace_id, limit=50)),
    )


@router.get("/traces/{trace_id}/live")
def trace_live(request: Request, uow: Transaction, member: Operator, trace_id: UUID) -> Response:
    """Its figures without the frame, for the page to refresh itself."""
    return render(
        request, "console/water_progress.html", member=member, **_context(uow, member, trace_id)
    )


@router.post("/traces/{trace_id}/tell")
def tell(uow: Transaction, member: Operator, trace_id: UUID) -> Response:
    """Have the customers told."""
    traces.tell_customers(uow, staff=member.staff, trace_id=trace_id)
    return see_other(f"/console/water/traces/{trace_id}")


@router.post("/traces/{trace_id}/refund")
def ask_refund(uow: Transaction, member: Operator, trace_id: UUID) -> Response:
    """Propose to give back what it cost."""
    traces.ask_refund(uow, staff=member.staff, trace_id=trace_id)
    return see_other(f"/console/water/traces/{trace_id}")


@router.post("/traces/{trace_id}/approve")
def approve(
    uow: Transaction,
    member: Operator,
    trace_id: UUID,
    *,
    amount_fen: Annotated[int, Form(ge=0)],
) -> Response:
    """A second person's word."""
    traces.approve_refund(uow, staff=member.staff, trace_id=trace_id, amount_fen=amount_fen)
    return see_other(f"/console/water/traces/{trace_id}")


@router.post("/traces/{trace_id}/end")
def end(uow: Transaction, member: Operator, trace_id: UUID, *, words: Words) -> Response:
    """Everything is done."""
    traces.end(uow, staff=member.staff, trace_id=trace_id, conclusion=words)
    return see_other(f"/console/water/traces/{trace_id}")


@router.post("/lots/let-go")
def let_go(
    uow: Transaction,
    member: Operator,
    *,
    lot: Annotated[str, Form(max_length=40)],
    words: Words,
) -> Response:
    """A lot may be handed over again."""
    traces.check_leader(member.staff)
    lots.let_go(
        uow, tenant_id=member.tenant_id, lot=lots.read(lot), actor=member.actor, reason=words
    )
    return see_other("/console/water#lots")


@router.post("/drills/{quarter}")
def hold_drill(uow: Transaction, member: Operator, quarter: str) -> Response:
    """Hold the drill of a quarter: by the clock, and reading only."""
    drills.hold(uow, staff=member.staff, quarter=quarter)
    return see_other("/console/water#drills")


@router.get("/traces/{trace_id}/pack.zip")
def pack(request: Request, uow: Transaction, member: Operator, trace_id: UUID) -> Response:
    """What a regulator asks for: a report, tables without names, and the customers apart, for
    those alone who lead such cases."""
    context = _context(uow, member, trace_id)
    case: Case = context["case"]
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="trace.pack",
        subject=case.trace.subject,
    )
    leads = member.staff.role in traces.LEADERS
    tables = water_pack.tables(uow, case, context["samples"], with_names=leads)
    return water_pack.packed(_report(request, context), tables, f"water-{trace_id}")


def _context(uow: UnitOfWork, member: Member, trace_id: UUID) -> dict[str, Any]:
    tenant_id = member.tenant_id
    case = traces.case(uow, tenant_id=tenant_id, trace_id=trace_id)
    machine = case.trace.device_id
    near = [machine] if machine else []
    taken = samples.listed(uow, tenant_id=tenant_id, device_ids=near)
    if case.trace.sample_id is not None and not machine:
        taken = [samples.get(uow, tenant_id=tenant_id, sample_id=case.trace.sample_id)]
    return {
        "case": case,
        "orders": traces.orders_of(uow, tenant_id=tenant_id, trace_id=trace_id),
        "due_fen": traces.due_fen(uow, tenant_id=tenant_id, trace_id=trace_id),
        "is_being_refunded": traces.is_being_refunded(uow, tenant_id=tenant_id, trace_id=trace_id),
        "samples": taken,
        "stops": stops.of_devices(uow, tenant_id=tenant_id, device_ids=near) if near else [],
        "treatments": water.treatments_of(uow, tenant_id=tenant_id, device_ids=near),
        "acts": audit.about(uow, tenant_id=tenant_id, subject=case.trace.subject),
        "names": names_of(uow, tenant_id),
        "may_lead": member.staff.role in traces.LEADERS,
    }


def _report(request: Request, context: dict[str, Any]) -> str:
    """The report as a page of its own: no script, its style beside it."""
    page = environment(locale_of(request)).get_template("console/water_pack.html")
    return page.render(**context)


def _uuid(text: str) -> UUID | None:
    if not text.strip():
        return None
    try:
        return UUID(text.strip())
    except ValueError:
        raise InvalidError("the sample is not known: open this from its page") from None

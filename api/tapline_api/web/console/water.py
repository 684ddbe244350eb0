"""Safe water at the desk: what is stopped, what is due, one machine's record, its samples."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from tapline import audit, clock, devices, files, policy, reports, water
from tapline.errors import InvalidError, NotFoundError
from tapline.orders import lots
from tapline.uow import UnitOfWork
from tapline.water import FilterKind, Sample, TreatmentKind, Verdict, drills, samples, stops, traces
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web import photos
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/water")


class FilterUntoldError(InvalidError):
    """A change of a filter was recorded without saying of which."""

    code = "treatment:filter"


Words = Annotated[str, Form(max_length=500)]
Moment = Annotated[str, Form(max_length=32)]
Name = Annotated[str, Form(max_length=100)]
Report = Annotated[UploadFile | None, File()]


@router.get("")
def overview(request: Request, uow: Transaction, member: Operator) -> Response:
    """What does not sell, what waits for a laboratory, what is due, the cases, the drills."""
    tenant_id = member.tenant_id
    machines = [one.device_id for one in devices.listed(uow, tenant_id=tenant_id)]
    lives = water.filters(uow, tenant_id=tenant_id, device_ids=machines)
    return render(
        request,
        "console/water.html",
        member=member,
        standing=stops.standing(uow, tenant_id=tenant_id),
        waiting=samples.listed(uow, tenant_id=tenant_id, verdict=Verdict.WAITING),
        judged=[
            one
            for one in samples.listed(uow, tenant_id=tenant_id)
            if one.verdict is not Verdict.WAITING
        ][:20],
        due=[(name, one) for name, ones in sorted(lives.items()) for one in ones if one.is_due],
        held=lots.held(uow, tenant_id=tenant_id),
        traces=traces.listed(uow, tenant_id=tenant_id),
        drills=drills.listed(uow, tenant_id=tenant_id),
        is_overdue=drills.is_overdue,
        sites=[view.site for view in reports.sites(uow, scope=member.scope)],
        may_lead=member.staff.role in traces.LEADERS,
    )


@router.get("/machines/{device_id}")
def machine(request: Request, uow: Transaction, member: Operator, device_id: str) -> Response:
    """One machine: its stops, treatments and samples, and forms for each."""
    return render(
        request,
        "console/water_machine.html",
        member=member,
        **_machine_context(uow, member, device_id),
    )


@router.post("/machines/{device_id}/stop")
def stop(uow: Transaction, member: Operator, device_id: str, *, words: Words) -> Response:
    """Somebody says that the water is bad."""
    stops.stop_by_hand(uow, staff=member.staff, device_id=device_id, words=words)
    return see_other(f"/console/water/machines/{device_id}")


@router.post("/machines/{device_id}/treatments")
def treat(
    *,
    uow: Transaction,
    member: Operator,
    device_id: str,
    kind: Annotated[TreatmentKind, Form(alias="treatment")],
    filter_kind: Annotated[str, Form(max_length=24)] = "",
    at: Moment = "",
    note: Words = "",
    pictures: photos.Photos = None,
) -> Response:
    """Write down what was done."""
    water.record_treatment(
        uow,
        tenant_id=member.tenant_id,
        device_id=device_id,
        kind=kind,
        filter_kind=_filter(filter_kind) if kind is TreatmentKind.FILTER_CHANGE else None,
        actor=member.actor,
        at=read_moment(at),
        note=note,
        file_ids=photos.kept(uow, member.tenant_id, pictures or []),
    )
    return see_other(f"/console/water/machines/{device_id}")


@router.post("/machines/{device_id}/samples")
def take(
    *,
    uow: Transaction,
    member: Operator,
    device_id: str,
    at: Moment = "",
    laboratory: Name = "",
    note: Words = "",
) -> Response:
    """A sample was taken."""
    sample = water.record_sample(
        uow,
        tenant_id=member.tenant_id,
        device_id=device_id,
        actor=member.actor,
        at=read_moment(at),
        laboratory=laboratory,
        note=note,
    )
    return see_other(f"/console/water/samples/{sample.sample_id}")


@router.post("/lots/samples")
def take_of_lot(
    *,
    uow: Transaction,
    member: Operator,
    lot: Annotated[str, Form(max_length=40)],
    at: Moment = "",
    laboratory: Name = "",
) -> Response:
    """A sample of a lot of barrels was taken."""
    sample = water.record_sample(
        uow,
        tenant_id=member.tenant_id,
        lot=lot,
        actor=member.actor,
        at=read_moment(at),
        laboratory=laboratory,
    )
    return see_other(f"/console/water/samples/{sample.sample_id}")


@router.get("/samples/{sample_id}")
def sample_page(request: Request, uow: Transaction, member: Operator, sample_id: UUID) -> Response:
    """One sample: the form for its report, or what was found."""
    sample = samples.get(uow, tenant_id=member.tenant_id, sample_id=sample_id)
    in_force = policy.current(uow, tenant_id=member.tenant_id)
    kept = files.listed(
        uow, tenant_id=member.tenant_id, file_ids=[UUID(one) for one in sample.file_ids]
    )
    return render(
        request,
        "console/water_sample.html",
        member=member,
        sample=sample,
        parameters=samples.PARAMETERS,
        limits=samples.limits(in_force),
        required=in_force.water_release_parameters,
        shown=samples.shown,
        kept=kept,
        may_lead=member.staff.role in traces.LEADERS,
    )


@router.post("/samples/{sample_id}/report")
def enter_report(
    *,
    uow: Transaction,
    member: Operator,
    sample_id: UUID,
    laboratory: Name,
    report_no: Name = "",
    parameter: Annotated[list[str], Form()],
    found: Annotated[list[str], Form()],
    report: Report = None,
) -> Response:
    """What the laboratory found: values beside the names of parameters, empty where untested."""
    typed = dict(zip(parameter, found, strict=False))
    water.report(
        uow,
        tenant_id=member.tenant_id,
        sample_id=sample_id,
        laboratory=laboratory,
        report_no=report_no,
        readings=read_readings(typed),
        actor=member.actor,
        file_ids=_kept_report(uow, member, report),
    )
    return see_other(f"/console/water/samples/{sample_id}")


@router.get("/samples/{sample_id}/files/{file_id}")
def report_file(uow: Transaction, member: Operator, sample_id: UUID, file_id: UUID) -> Response:
    """A laboratory's report, as it was sent."""
    sample: Sample = samples.get(uow, tenant_id=member.tenant_id, sample_id=sample_id)
    if str(file_id) not in sample.file_ids:
        raise NotFoundError(f"no file {file_id} came with this sample")
    file, content = files.read(uow, tenant_id=member.tenant_id, file_id=file_id)
    attached = f'attachment; filename="report-{file_id}"'
    headers = {} if file.media_type.startswith("image/") else {"Content-Disposition": attached}
    return Response(content, media_type=file.media_type, headers=headers)


@router.post("/machines/{device_id}/release")
def release(
    uow: Transaction,
    member: Operator,
    device_id: str,
    *,
    sample_id: Annotated[UUID, Form()],
    words: Words,
) -> Response:
    """Let it sell again, on a passed sample."""
    stops.release(uow, staff=member.staff, device_id=device_id, sample_id=sample_id, words=words)
    return see_other(f"/console/water/machines/{device_id}")


def read_moment(text: str) -> datetime:
    """What a form says of a moment, in business time; nothing is now.

    Raises:
        InvalidError: it is none.
    """
    if not text.strip():
        return clock.now()
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidError("write day and time, such as 2026-11-22 09:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.BUSINESS_ZONE)


def read_readings(typed: Mapping[str, str]) -> dict[str, int]:
    """The values of a report, by parameter, those that were typed.

    Raises:
        InvalidError: one is no number, or not measured here.
    """
    return {name: samples.read_value(name, text) for name, text in typed.items() if text.strip()}


def _machine_context(uow: UnitOfWork, member: Member, device_id: str) -> dict[str, Any]:
    tenant_id = member.tenant_id
    view = reports.device_history(uow, scope=member.scope, device_id=device_id).view
    taken = samples.listed(uow, tenant_id=tenant_id, device_ids=[device_id], limit=20)
    past = stops.of_devices(uow, tenant_id=tenant_id, device_ids=[device_id])
    standing = [one for one in past if one.stop.released_at is None]
    return {
        "device": view.device,
        "site": view.site,
        "past": past,
        "standing": standing,
        "releasing": [
            one for one in taken if not stops.obstacle(uow, [v.stop for v in standing], one)
        ],
        "samples": taken,
        "treatments": water.treatments_of(uow, tenant_id=tenant_id, device_ids=[device_id]),
        "filters": water.filters(uow, tenant_id=tenant_id, device_ids=[device_id]).get(
            device_id, []
        ),
        "kinds": list(TreatmentKind),
        "filter_kinds": list(FilterKind),
        "acts": audit.about(uow, tenant_id=tenant_id, subject=f"device:{device_id}", limit=10),
        "may_lead": member.staff.role in traces.LEADERS,
        "may_release": member.staff.role in stops.RELEASERS,
    }


def _filter(text: str) -> FilterKind:
    try:
        return FilterKind(text)
    except ValueError:
        raise FilterUntoldError("choose which filter was changed") from None


def _kept_report(uow: UnitOfWork, member: Member, report: UploadFile | None) -> list[UUID]:
    if report is None or not report.filename:
        return []
    content = report.file.read(files.FILE_BYTES_MAX + 1)
    kept = files.keep(
        uow,
        tenant_id=member.tenant_id,
        name=report.filename,
        media_type=report.content_type or "",
        content=content,
    )
    return [kept.file_id]

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tapline import audit, clock, devices, policy
from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.orders import lots
from tapline.uow import UnitOfWork
from tapline.water.care.service import AHEAD_MAX, NOTE_MAX, check_files, check_moment
from tapline.water.samples import rules
from tapline.water.samples.model import Sample, Verdict
from tapline.water.samples.repository import SampleRepository
from tapline.water.stops import service as stops
from tapline.water.stops.model import StopCause

_NAME_MAX = 100


def record_sample(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str | None = None,
    lot: str | None = None,
    actor: str,
    at: datetime,
    laboratory: str = "",
    note: str = "",
    file_ids: Sequence[UUID] = (),
) -> Sample:
    """Water was taken from a machine, or out of a lot of barrels, and goes to a laboratory.

    Raises:
        NotFoundError: the tenant has no such machine or photo.
        InvalidError: it lies ahead, or is of neither or both.
    """
    lot = lots.read(lot) if lot and lot.strip() else None
    if (device_id is None) == (lot is None):
        raise InvalidError("a sample is of one machine, or of one lot of barrels: name it")
    if device_id is not None:
        devices.get(uow, tenant_id=tenant_id, device_id=device_id)
    check_moment(at)
    check_files(uow, tenant_id, file_ids)
    sample = Sample(
        sample_id=new_id(),
        tenant_id=tenant_id,
        device_id=device_id,
        lot=lot,
        taken_at=at,
        taken_by=actor,
        note=note.strip()[:NOTE_MAX],
        laboratory=laboratory.strip()[:_NAME_MAX],
        report_no="",
        readings={},
        limits={},
        beyond=[],
        verdict=Verdict.WAITING,
        file_ids=[str(one) for one in file_ids],
    )
    SampleRepository(uow, tenant_id).add(sample)
    _note(uow, sample, actor, "water.sample")
    return sample


def report(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    sample_id: UUID,
    laboratory: str,
    report_no: str,
    readings: Mapping[str, int],
    actor: str,
    file_ids: Sequence[UUID] = (),
) -> Sample:
    """Enter what the laboratory found. It is judged by the limits in force now, which stay with
    it. A machine whose water failed is stopped, and a lot held, in the same transaction; but not
    where a later sample was good already.

    Entered again in the same figures it is the same report.

    Raises:
        NotFoundError: there is no such sample or file.
        InvalidError: no laboratory, no values, or values that cannot be.
        ConflictError: another report was entered.
    """
    if not laboratory.strip():
        raise InvalidError("name the laboratory: its report is nothing without it")
    rules.check_readings(readings)
    check_files(uow, tenant_id, file_ids)
    sample = SampleRepository(uow, tenant_id).get(sample_id, lock=True)
    if sample.verdict is not Verdict.WAITING:
        if sample.readings != dict(readings):
            raise ConflictError("a report is entered once: take another sample")
        return sample
    in_force = policy.current(uow, tenant_id=tenant_id)
    within = rules.limits(in_force)
    sample.laboratory = laboratory.strip()[:_NAME_MAX]
    sample.report_no = report_no.strip()[:_NAME_MAX]
    sample.readings = dict(readings)
    sample.limits = rules.as_document(within, readings)
    sample.beyond = rules.beyond(readings, within)
    sample.verdict = rules.verdict(readings, sample.beyond, in_force)
    sample.policy_version = in_force.version
    sample.reported_by, sample.reported_at = actor, clock.now()
    sample.file_ids = sample.file_ids + [str(one) for one in file_ids]
    _note(uow, sample, actor, f"water.report.{sample.verdict.value}")
    if sample.verdict is Verdict.FAILED:
        _forbid(uow, sample, actor)
    return sample


def get(uow: UnitOfWork, *, tenant_id: str, sample_id: UUID) -> Sample:
    """One sample; else `NotFoundError`."""
    return SampleRepository(uow, tenant_id).get(sample_id)


def listed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_ids: Collection[str] | None = None,
    verdict: Verdict | None = None,
    limit: int = 50,
) -> Sequence[Sample]:
    """Newest first; of these machines, and so judged, where given."""
    return SampleRepository(uow, tenant_id).listed(device_ids, verdict, limit)


def last_passed(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, before: datetime
) -> Sample | None:
    """The last good sample of a machine before a moment."""
    return SampleRepository(uow, tenant_id).passed_before(device_id, before)


def _forbid(uow: UnitOfWork, sample: Sample, actor: str) -> None:
    names = ", ".join(sample.beyond)
    if sample.lot is not None:
        lots.hold(uow, tenant_id=sample.tenant_id, lot=sample.lot, why=names, actor=actor)
        return
    assert sample.device_id is not None
    if _is_over(uow, sample, sample.device_id):
        return
    stops.stop(
        uow,
        tenant_id=sample.tenant_id,
        device_id=sample.device_id,
        cause=StopCause.LABORATORY,
        evidence={"sample": str(sample.sample_id), "beyond": sample.beyond},
        actor=actor,
        sample_id=sample.sample_id,
    )


def _is_over(uow: UnitOfWork, sample: Sample, device_id: str) -> bool:
    """Whether a sample taken later was good already: who drank before is traced all the same."""
    good = SampleRepository(uow, sample.tenant_id).passed_before(device_id, clock.now() + AHEAD_MAX)
    return good is not None and good.taken_at > sample.taken_at


def _note(uow: UnitOfWork, sample: Sample, actor: str, action: str) -> None:
    reason = ", ".join(sample.beyond) or sample.note
    audit.record(
        uow,
        tenant_id=sample.tenant_id,
        actor=actor,
        action=action,
        subject=sample.subject,
        reason=reason,
    )

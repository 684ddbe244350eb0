from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline import audit, clock, devices
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.orders import lots
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork
from tapline.water.samples.model import Sample, Verdict
from tapline.water.samples.repository import SampleRepository
from tapline.water.stops import service as stops
from tapline.water.stops.model import StopCause
from tapline.water.traces.drinkers import DrinkerRepository
from tapline.water.traces.model import Fate, Numbers, Settled, Trace, TraceOrder, TracePour
from tapline.water.traces.repository import TraceRepository

LEADERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
_LISTED = 100


@dataclass(frozen=True, slots=True)
class Case:
    """A trace with how far it has come."""

    trace: Trace
    numbers: Numbers
    told: Mapping[str, int]
    """Messages by state."""
    fates: Mapping[Fate, Settled]


def open_for_machine(
    uow: UnitOfWork,
    *,
    staff: Staff,
    device_id: str,
    sample_id: UUID | None = None,
    since: datetime | None = None,
    words: str = "",
) -> Trace:
    """Find everybody who drank of a machine since its last good sample, and stop it.

    `sample_id` is the one that failed; the window then begins with the last good one before it,
    else with the last good one at all, or with `since`. Opened again for the same sample it is
    the same case.

    Raises:
        DeniedError: the role may not.
        NotFoundError: there is no such machine or sample.
        InvalidError: the sample is another machine's, or did not fail; `since` lies ahead.
    """
    check_leader(staff)
    tenant_id = staff.tenant_id
    devices.get(uow, tenant_id=tenant_id, device_id=device_id, lock=True)
    sample = _failed(uow, tenant_id, sample_id)
    if sample is not None:
        if sample.device_id != device_id:
            raise InvalidError("the sample is of another machine: open the case there")
        if known := TraceRepository(uow, tenant_id).of_sample(sample.sample_id):
            return known
    if since is not None and since > clock.now():
        raise InvalidError("it begins in the future: say since when the water may have been bad")
    from_at = since or _last_good(uow, tenant_id, device_id, sample)
    if not stops.standing(uow, tenant_id=tenant_id, device_ids=[device_id]):
        stops.stop(
            uow,
            tenant_id=tenant_id,
            device_id=device_id,
            cause=StopCause.HAND,
            evidence={"words": words.strip()},
            actor=staff.login,
        )
    return _opened(uow, staff, words, sample=sample, device_id=device_id, from_at=from_at)


def open_for_lot(
    uow: UnitOfWork, *, staff: Staff, lot: str, sample_id: UUID | None = None, words: str = ""
) -> Trace:
    """Find everybody to whom barrels of a lot were brought, and hold the rest of it.

    Raises as `open_for_machine`.
    """
    check_leader(staff)
    number = lots.read(lot)
    sample = _failed(uow, staff.tenant_id, sample_id)
    if sample is not None:
        if sample.lot != number:
            raise InvalidError("the sample is of another lot: open the case there")
        if known := TraceRepository(uow, staff.tenant_id).of_sample(sample.sample_id):
            return known
    why = ", ".join(sample.beyond) if sample else words.strip()
    lots.hold(uow, tenant_id=staff.tenant_id, lot=number, why=why, actor=staff.login)
    return _opened(uow, staff, words, sample=sample, lot=number)


def tell_customers(uow: UnitOfWork, *, staff: Staff, trace_id: UUID) -> Trace:
    """Have everybody concerned told by message, also those found later. Said again, the same.

    Raises:
        DeniedError: the role may not.
        NotFoundError: there is no such case.
    """
    check_leader(staff)
    trace = TraceRepository(uow, staff.tenant_id).get(trace_id, lock=True)
    if trace.told_at is None:
        trace.told_at, trace.told_by = clock.now(), staff.staff_id
        note(uow, trace, staff, "trace.tell")
    return trace


def end(uow: UnitOfWork, *, staff: Staff, trace_id: UUID, conclusion: str) -> Trace:
    """Everything is done. What arrives afterwards is still found.

    Raises:
        DeniedError: the role may not.
        InvalidError: no conclusion.
        ConflictError: somebody concerned was not told, or it is ended already.
    """
    check_leader(staff)
    if not conclusion.strip():
        raise InvalidError("say what was found and done: the regulator reads it")
    trace = TraceRepository(uow, staff.tenant_id).get(trace_id, lock=True)
    if trace.ended_at is not None:
        raise ConflictError("it is ended already: read the page again")
    if trace.told_at is None:
        raise ConflictError("the customers were not told: tell them first")
    trace.ended_at, trace.ended_by = clock.now(), staff.staff_id
    trace.conclusion = conclusion.strip()
    note(uow, trace, staff, "trace.end", trace.conclusion)
    return trace


def get(uow: UnitOfWork, *, tenant_id: str, trace_id: UUID) -> Trace:
    """One case; else `NotFoundError`."""
    return TraceRepository(uow, tenant_id).get(trace_id)


def case(uow: UnitOfWork, *, tenant_id: str, trace_id: UUID) -> Case:
    """One case with how far it has come; else `NotFoundError`."""
    traces = TraceRepository(uow, tenant_id)
    trace = traces.get(trace_id)
    told = DrinkerRepository(uow, tenant_id).told(trace_id)
    return Case(trace, traces.numbers(trace_id), told, traces.fates(trace_id))


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Trace]:
    """Newest first."""
    return TraceRepository(uow, tenant_id).listed(_LISTED)


def pours_of(
    uow: UnitOfWork, *, tenant_id: str, trace_id: UUID, limit: int | None = None
) -> Iterator[TracePour]:
    """The pours of a case, in the order in which they were poured, read as they are asked for."""
    traces = TraceRepository(uow, tenant_id)
    return traces.pours(traces.get(trace_id).trace_id, limit)


def orders_of(uow: UnitOfWork, *, tenant_id: str, trace_id: UUID) -> Sequence[TraceOrder]:
    """The barrels of a case, in the order in which they were brought."""
    traces = TraceRepository(uow, tenant_id)
    return traces.orders(traces.get(trace_id).trace_id)


def customers(uow: UnitOfWork, *, tenant_id: str, trace_id: UUID) -> list[UUID]:
    """Everybody concerned whom we know."""
    trace = TraceRepository(uow, tenant_id).get(trace_id)
    return DrinkerRepository(uow, tenant_id).all(trace.trace_id)


def check_leader(staff: Staff) -> None:
    """Refuse everybody else.

    Raises:
        DeniedError: the role may not.
    """
    if staff.role not in LEADERS:
        raise DeniedError("a supervisor or an administrator leads such a case: call one now")


def note(uow: UnitOfWork, trace: Trace, staff: Staff, action: str, reason: str = "") -> None:
    """Write down who did what to a case."""
    audit.record(
        uow,
        tenant_id=trace.tenant_id,
        actor=staff.login,
        action=action,
        subject=trace.subject,
        reason=reason or (trace.device_id or trace.lot or ""),
    )


def _failed(uow: UnitOfWork, tenant_id: str, sample_id: UUID | None) -> Sample | None:
    if sample_id is None:
        return None
    sample = SampleRepository(uow, tenant_id).get(sample_id, lock=True)
    if sample.verdict is not Verdict.FAILED:
        raise InvalidError("the sample did not fail: name the one that did, or none")
    return sample


def _last_good(
    uow: UnitOfWork, tenant_id: str, device_id: str, sample: Sample | None
) -> datetime | None:
    before = sample.taken_at if sample else clock.now()
    good = SampleRepository(uow, tenant_id).passed_before(device_id, before)
    return good.taken_at if good else None


def _opened(
    uow: UnitOfWork,
    staff: Staff,
    words: str,
    *,
    sample: Sample | None,
    device_id: str | None = None,
    lot: str | None = None,
    from_at: datetime | None = None,
) -> Trace:
    traces, now = TraceRepository(uow, staff.tenant_id), clock.now()
    trace = Trace(
        trace_id=new_id(),
        tenant_id=staff.tenant_id,
        device_id=device_id,
        lot=lot,
        sample_id=sample.sample_id if sample else None,
        words=words.strip(),
        from_at=from_at,
        opened_by=staff.staff_id,
        opened_at=now,
        took_ms=0,
        looked_at=now,
    )
    traces.add(trace)
    traces.look(trace, now, late=False)
    trace.took_ms = (clock.now() - now) // timedelta(milliseconds=1)
    note(uow, trace, staff, "trace.open")
    return trace

"""The release: a named person, the water treated, and a sample taken after that which passed."""

from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock, reconciliation
from tapline.devices import commands, holds
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.events import DeviceChanged
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork
from tapline.water.care.repository import TreatmentRepository
from tapline.water.samples.model import Sample, Verdict
from tapline.water.samples.repository import SampleRepository
from tapline.water.stops.model import StopCause, WaterStop
from tapline.water.stops.repository import WaterStopRepository
from tapline.water.stops.service import HOLD

RELEASERS = frozenset({Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMIN})
_VERDICTS = {
    Verdict.WAITING: "unreported",
    Verdict.FAILED: "failed",
    Verdict.PARTIAL: "partial",
}
_WHY = {
    "not_stopped": "the machine is not stopped for its water: read the page again",
    "elsewhere": "the sample is of another machine: choose one of this machine",
    "untreated": "nothing was done since it was stopped: record the treatment first",
    "too_early": "the sample is older than the last treatment: take another one",
    "unreported": "the laboratory has not answered: enter its report first",
    "failed": "the sample failed: treat the machine again and take another one",
    "partial": "not everything that counts was tested: have the rest tested too",
}
"""Why a sample releases nothing, and what to do."""
_TTL_S = 7 * 24 * 3600


class OwnSampleError(DeniedError):
    """After a failed sample nobody releases a machine on a sample of his own."""

    code = "release:own_sample"


class NotReleasedError(ConflictError):
    """Something is missing; `code` says what, as `release:untreated`."""

    def __init__(self, why: str) -> None:
        super().__init__(_WHY[why])
        self.code = f"release:{why}"


def release(uow: UnitOfWork, *, staff: Staff, device_id: str, sample_id: UUID, words: str) -> None:
    """Let a machine sell again: all its stops end, and it is told so where nothing else forbids
    it. After a failed sample whoever releases is none of those who took and entered the new one.

    Raises:
        DeniedError: the role may not.
        OwnSampleError: he took or entered the sample.
        InvalidError: no words.
        NotFoundError: there is no such sample.
        NotReleasedError: it is not stopped, not treated since, or the sample releases nothing.
    """
    if staff.role not in RELEASERS:
        raise DeniedError("a technician or a supervisor releases a machine: ask one")
    if not words.strip():
        raise InvalidError("say what was done: it stands on the machine's record")
    tenant_id = staff.tenant_id
    # Locks the machine before its stops, as whoever stops it does.
    holds.lift(uow, tenant_id=tenant_id, device_id=device_id, cause=HOLD)
    stops = WaterStopRepository(uow, tenant_id).open_of(device_id)
    sample = SampleRepository(uow, tenant_id).get(sample_id)
    if why := obstacle(uow, stops, sample):
        raise NotReleasedError(why)
    failed_before = any(one.cause is StopCause.LABORATORY for one in stops)
    if failed_before and staff.login in {sample.taken_by, sample.reported_by}:
        raise OwnSampleError("a sample failed before: a colleague releases the machine, not you")
    command_id = _tell(uow, tenant_id, device_id)
    for one in stops:
        one.released_at, one.released_by = clock.now(), staff.login
        one.release_sample_id, one.release_words = sample_id, words.strip()
        one.release_command_id = command_id
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="water.release",
        subject=f"device:{device_id}",
        reason=words.strip(),
    )
    uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=device_id))


def obstacle(uow: UnitOfWork, stops: Sequence[WaterStop], sample: Sample) -> str | None:
    """What keeps this sample from releasing a machine with these open stops, a key of `_WHY`; None:
    nothing does."""
    if not stops:
        return "not_stopped"
    first = stops[0]
    since = max(one.opened_at for one in stops)
    done = TreatmentRepository(uow, first.tenant_id).since(first.device_id, since)
    if sample.device_id != first.device_id:
        return "elsewhere"
    if not done:
        return "untreated"
    if sample.taken_at <= max(one.at for one in done):
        return "too_early"
    return _VERDICTS.get(sample.verdict)


def _tell(uow: UnitOfWork, tenant_id: str, device_id: str) -> str | None:
    """Where its meter is off as well, whoever lets that go tells it to sell again."""
    if any(one.device_id == device_id for one in reconciliation.stopped(uow, tenant_id=tenant_id)):
        return None
    command = commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op="resume_sale",
        args={},
        reason="water: released",
        ttl_s=_TTL_S,
    )
    return command.command_id

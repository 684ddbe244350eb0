"""One machine, one try: told, heard of, cancelled, given up."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tapline import clock, devices, policy
from tapline.devices import commands
from tapline.devices.commands import CommandState
from tapline.events import RolloutChanged
from tapline.ids import new_id
from tapline.policy import Policy
from tapline.rollouts import images, links
from tapline.rollouts.images import FirmwareImage
from tapline.rollouts.model import JobState, MemberState, Rollout, RolloutDevice, RolloutJob
from tapline.rollouts.repository import JobRepository, MemberRepository, RolloutRepository
from tapline.uow import UnitOfWork

OP = "ota"
ENDS = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.SILENT})
_STEPS = tuple(JobState)
_UNDOABLE = (JobState.ASKED, JobState.DOWNLOADING, JobState.VERIFYING)
_GIVEN_UP = (CommandState.EXPIRED, CommandState.FAILED, CommandState.REFUSED)
_KEY_BYTES = 32


def ask(
    uow: UnitOfWork,
    rollout: Rollout,
    member: RolloutDevice,
    image: FirmwareImage,
    *,
    origin: str,
    in_force: Policy,
) -> RolloutJob:
    """Tell a machine to update: the manifest and where its image lies, under a new job."""
    now, ttl_s = clock.now(), in_force.rollout_job_s
    job = RolloutJob(
        job_id=new_id(),
        rollout_id=rollout.rollout_id,
        tenant_id=rollout.tenant_id,
        device_id=member.device_id,
        image_id=image.image_id,
        command_id="",
        link_key=secrets.token_bytes(_KEY_BYTES),
        state=JobState.ASKED,
        asked_at=now,
        heard_at=now,
        expires_at=now + timedelta(seconds=ttl_s),
    )
    args = {
        "job": str(job.job_id),
        "url": links.address(origin, job),
        "size": image.size_bytes,
        "sha256": image.sha256,
        "manifest": _text(image.manifest),
        "sig": _text(image.signature),
    }
    job.command_id = _command(uow, job, args, reason=f"firmware {image.version}", ttl_s=ttl_s)
    RolloutRepository(uow, rollout.tenant_id).add(job)
    member.state = MemberState.UPDATING
    return job


def cancel(uow: UnitOfWork, of: Sequence[RolloutJob], *, reason: str) -> None:
    """Ask machines to leave an update be, while that is possible. Their own word ends the job."""
    asked = {}
    for job in of:
        if job.cancel_id is None and job.state in _UNDOABLE:
            args = {"job": str(job.job_id), "cancel": True}
            ttl_s = max(1, int((job.expires_at - clock.now()).total_seconds()))
            asked[job] = _command(uow, job, args, reason=reason, ttl_s=ttl_s)
    for job, command_id in asked.items():  # machines first, then jobs, as whoever reports does
        job.cancel_id = command_id


def reported(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    job_id: str,
    stage: str,
    percent: int,
    rc: int,
) -> bool:
    """Take a machine's word on its update; false where it is unknown or old news."""
    said = _stage(stage)
    job = _find(uow, tenant_id, device_id, job_id)
    if job is None or said is None or not _is_news(job, said, percent):
        return False
    job.heard_at = clock.now()
    if said is JobState.DONE and not _runs(uow, job):
        said = JobState.FAILED  # its hello is the proof, not its word
    if said in ENDS:
        _end(uow, job, said, rc)
    else:
        job.state, job.percent = said, percent
    uow.emit(RolloutChanged(tenant_id=tenant_id, rollout_id=job.rollout_id))
    return True


def greeted(uow: UnitOfWork, *, tenant_id: str, running: Mapping[str, str]) -> None:
    """Machines say what they run: where that is the image of its job, one is on trial there.

    `running` is device -> firmware.
    """
    for job in JobRepository(uow).open_of(running):
        if job.tenant_id != tenant_id:
            continue
        image = images.get(uow, tenant_id=tenant_id, image_id=job.image_id)
        if image.version == running[job.device_id]:
            job.state, job.percent, job.heard_at = JobState.TESTING, 100, clock.now()
            uow.emit(RolloutChanged(tenant_id=tenant_id, rollout_id=job.rollout_id))


def give_up_silent(uow: UnitOfWork, *, tenant_id: str) -> None:
    """End the jobs of which nothing came, of whatever rollout: refused, or silent for too long."""
    jobs = JobRepository(uow)
    known = jobs.open_in(tenant_id)
    answers = commands.states(uow, command_ids=[one.command_id for one in known])
    for one in known:
        refused = one.state is JobState.ASKED and answers.get(one.command_id) in _GIVEN_UP
        if not refused and clock.now() < one.expires_at:
            continue
        job = jobs.still_open(one.job_id)
        if job is not None:
            _end(uow, job, JobState.FAILED if refused else JobState.SILENT, job.rc)


def _end(uow: UnitOfWork, job: RolloutJob, state: JobState, rc: int) -> None:
    job.state, job.rc, job.ended_at = state, rc, clock.now()
    member = MemberRepository(uow, job.rollout_id).get(job.device_id)
    if member.state is not MemberState.UPDATING:
        return
    if state is JobState.DONE:
        member.state, member.settled_at, job.percent = MemberState.UPDATED, clock.now(), 100
        return
    member.state = MemberState.WAITING
    if state is JobState.CANCELLED:
        return
    member.attempts += 1
    in_force = policy.current(uow, tenant_id=job.tenant_id)
    if member.attempts >= in_force.rollout_attempts_max:
        member.state, member.settled_at = MemberState.FAILED, clock.now()


def _runs(uow: UnitOfWork, job: RolloutJob) -> bool:
    """Whether the machine said in its last hello that it runs the image of a job."""
    device = devices.get(uow, tenant_id=job.tenant_id, device_id=job.device_id)
    image = images.get(uow, tenant_id=job.tenant_id, image_id=job.image_id)
    return (device.hello or {}).get("fw") == image.version


def _find(uow: UnitOfWork, tenant_id: str, device_id: str, job_id: str) -> RolloutJob | None:
    try:
        job = JobRepository(uow).find(UUID(job_id), lock=True)
    except ValueError:
        return None
    return job if job and (job.tenant_id, job.device_id) == (tenant_id, device_id) else None


def _stage(word: str) -> JobState | None:
    return JobState(word) if word in _STEPS and word not in {"asked", "silent"} else None


def _is_news(job: RolloutJob, said: JobState, percent: int) -> bool:
    if job.ended_at is not None:
        return False
    before, now = _STEPS.index(job.state), _STEPS.index(said)
    return now > before or (now == before and percent > job.percent)


def _command(
    uow: UnitOfWork, job: RolloutJob, args: dict[str, Any], *, reason: str, ttl_s: int
) -> str:
    return commands.queue(
        uow,
        tenant_id=job.tenant_id,
        device_id=job.device_id,
        op=OP,
        args=args,
        reason=reason,
        ttl_s=ttl_s,
    ).command_id


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

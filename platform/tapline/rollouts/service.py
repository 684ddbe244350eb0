from uuid import UUID

from tapline import audit, clock, devices
from tapline.devices import firmware
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.events import RolloutChanged
from tapline.ids import new_id
from tapline.people import Role, Staff
from tapline.reconciliation import breakers
from tapline.reconciliation.breakers import Scope
from tapline.rollouts import images, jobs, rings, steps
from tapline.rollouts.model import MemberState, Rollout, RolloutDevice, RolloutState
from tapline.rollouts.repository import JobRepository, MemberRepository, RolloutRepository
from tapline.uow import UnitOfWork

LEADERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""Who may have machines run another firmware."""


def propose(uow: UnitOfWork, *, staff: Staff, image_id: UUID, hw: str, reason: str) -> Rollout:
    """Propose an image for all machines of a model; a second person starts it.

    Raises:
        DeniedError: the role may not.
        InvalidError: no reason, or the image does not fit the model.
        NotFoundError: there is no such image.
        ConflictError: another rollout for the model is not over.
    """
    said = _checked(staff, reason)
    image = images.get(uow, tenant_id=staff.tenant_id, image_id=image_id)
    if hw not in image.hw:
        raise InvalidError(f"{image.version} fits {', '.join(image.hw)}, not {hw}")
    rollout = _begun(uow, staff, hw, image_id, said)
    rollout.state = RolloutState.PROPOSED
    RolloutRepository(uow, staff.tenant_id).add(rollout)
    _note(uow, rollout, staff, "rollout.propose", said)
    return rollout


def approve(uow: UnitOfWork, *, staff: Staff, rollout_id: UUID) -> Rollout:
    """Start a proposed rollout with its first ring.

    Raises:
        DeniedError: the role may not, or it is the proposer himself.
        ConflictError: it was started or withdrawn meanwhile.
    """
    rollout = _locked(uow, staff, rollout_id, RolloutState.PROPOSED)
    if rollout.proposed_by == staff.login:
        raise DeniedError("whoever proposed a rollout does not start it: ask a second person")
    now = clock.now()
    rollout.state, rollout.approved_by = RolloutState.RUNNING, staff.login
    rollout.started_at = rollout.ring_at = now
    image = images.get(uow, tenant_id=rollout.tenant_id, image_id=rollout.image_id)
    steps.enrol(uow, rollout, image)
    _note(uow, rollout, staff, "rollout.start", rollout.reason)
    return rollout


def withdraw(uow: UnitOfWork, *, staff: Staff, rollout_id: UUID, reason: str) -> Rollout:
    """End a rollout before it is through; what machines run stays. Raises like `pause`."""
    said = _checked(staff, reason)
    states = (RolloutState.PROPOSED, RolloutState.RUNNING, RolloutState.PAUSED)
    rollout = _locked(uow, staff, rollout_id, *states)
    _end(uow, rollout, staff)
    _note(uow, rollout, staff, "rollout.withdraw", said)
    return rollout


def pause(uow: UnitOfWork, *, staff: Staff, rollout_id: UUID, reason: str) -> Rollout:
    """Tell no more machines until somebody resumes.

    Raises:
        DeniedError: the role may not.
        InvalidError: no reason.
        ConflictError: it does not run.
    """
    said = _checked(staff, reason)
    rollout = _locked(uow, staff, rollout_id, RolloutState.RUNNING)
    rollout.state, rollout.paused_at = RolloutState.PAUSED, clock.now()
    rollout.paused_by, rollout.paused_why = staff.login, {"rule": "person", "words": said}
    steps.cancel_open(uow, rollout, said)
    _note(uow, rollout, staff, "rollout.pause", said)
    return rollout


def resume(uow: UnitOfWork, *, staff: Staff, rollout_id: UUID, reason: str) -> Rollout:
    """Go on; what came in until now does not stop it again.

    Raises:
        DeniedError: the role may not.
        InvalidError: no reason.
        ConflictError: it is not paused, or automatic money of the firmware is still stopped.
    """
    said = _checked(staff, reason)
    rollout = _locked(uow, staff, rollout_id, RolloutState.PAUSED)
    image = images.get(uow, tenant_id=rollout.tenant_id, image_id=rollout.image_id)
    key = f"{rollout.hw} {image.version}"
    standing = breakers.standing(uow, tenant_id=rollout.tenant_id)
    if any((one.scope, one.key) == (Scope.MODEL, key) for one in standing):
        raise ConflictError(
            "automatic money of this firmware is stopped: reset it at /console/breakers first"
        )
    now = clock.now()
    rollout.state, rollout.forgiven_at, rollout.ring_at = RolloutState.RUNNING, now, now
    rollout.paused_at = rollout.paused_by = rollout.paused_why = None
    _note(uow, rollout, staff, "rollout.resume", said)
    return rollout


def roll_back(
    uow: UnitOfWork, *, staff: Staff, rollout_id: UUID, image_id: UUID, reason: str
) -> Rollout:
    """Give the machines of a rollout another image, all at once: a rollout of its own.

    The image is one that they may run, its security counter has not fallen, and that one of them
    has run: what is new to them a second person starts (`propose`).

    Raises:
        DeniedError: the role may not.
        InvalidError: no reason, or machines would refuse the image.
        ConflictError: it never started or was rolled back, or another one runs for the model.
    """
    said = _checked(staff, reason)
    states = (RolloutState.RUNNING, RolloutState.PAUSED, RolloutState.DONE)
    undone = _locked(uow, staff, rollout_id, *states)
    image = images.get(uow, tenant_id=staff.tenant_id, image_id=image_id)
    bad = images.get(uow, tenant_id=staff.tenant_id, image_id=undone.image_id)
    if undone.hw not in image.hw or image.image_id == bad.image_id:
        raise InvalidError(f"choose another image for {undone.hw}")
    if image.counter < bad.counter:
        raise InvalidError(
            f"machines that ran {bad.version} refuse {image.version}: its security counter "
            f"{image.counter} is below {bad.counter}. Sign it anew with a higher counter"
        )
    had = MemberRepository(uow, undone.rollout_id).in_states(
        (MemberState.UPDATED, MemberState.UPDATING)
    )
    if not firmware.ran(uow, device_ids=[one.device_id for one in had], fw=image.version):
        raise InvalidError(
            f"none of these machines ever ran {image.version}: propose it, for two people to decide"
        )
    _end(uow, undone, staff)
    back = _begun(uow, staff, undone.hw, image_id, said)
    now = clock.now()
    back.state, back.undoes = RolloutState.RUNNING, undone.rollout_id
    back.started_at = back.ring_at = now
    back.ring = rings.LAST
    RolloutRepository(uow, staff.tenant_id).add(back)
    MemberRepository(uow, back.rollout_id).add_all(
        [steps.new_member(back, one.device_id, rings.LAST) for one in had]
    )
    _note(uow, undone, staff, "rollout.roll_back", said)
    _note(uow, back, staff, "rollout.start", said)
    return back


def exclude(
    uow: UnitOfWork, *, staff: Staff, rollout_id: UUID, device_id: str, reason: str
) -> RolloutDevice:
    """Leave a machine out of a rollout.

    Raises:
        DeniedError: the role may not.
        InvalidError: no reason.
        NotFoundError: it is no part of it.
        ConflictError: it has the image, or is left out already.
    """
    said = _checked(staff, reason)
    rollout = RolloutRepository(uow, staff.tenant_id).get(rollout_id)
    devices.get(uow, tenant_id=staff.tenant_id, device_id=device_id, lock=True)
    job = next(iter(JobRepository(uow).open_of([device_id])), None)
    member = MemberRepository(uow, rollout_id).get(device_id)
    if member.state in {MemberState.UPDATED, MemberState.EXCLUDED}:
        raise ConflictError(f"{device_id} is {member.state.value}: there is nothing to leave out")
    if job is not None and job.rollout_id == rollout_id:
        jobs.cancel(uow, [job], reason=said)
    member.state, member.settled_at, member.why = MemberState.EXCLUDED, clock.now(), said
    _note(uow, rollout, staff, "rollout.exclude", f"{device_id}: {said}")
    return member


def retry(uow: UnitOfWork, *, staff: Staff, rollout_id: UUID, device_id: str) -> RolloutDevice:
    """Try a machine anew that failed or was left out.

    Raises:
        DeniedError: the role may not.
        NotFoundError: it is no part of it.
        ConflictError: it waits, is at it or is through; or the rollout is over.
    """
    _check_role(staff)
    rollout = RolloutRepository(uow, staff.tenant_id).get(rollout_id)
    member = MemberRepository(uow, rollout_id).get(device_id)
    if member.state not in {MemberState.FAILED, MemberState.EXCLUDED} or not rollout.is_live:
        raise ConflictError(f"{device_id} is {member.state.value}: there is nothing to try again")
    member.state, member.attempts, member.settled_at = MemberState.WAITING, 0, None
    member.why = None
    _note(uow, rollout, staff, "rollout.retry", device_id)
    return member


def _begun(uow: UnitOfWork, staff: Staff, hw: str, image_id: UUID, reason: str) -> Rollout:
    rollouts = RolloutRepository(uow, staff.tenant_id)
    rollouts.be_alone(hw)
    if rollouts.live(hw) is not None:
        raise ConflictError(f"a rollout for {hw} is not over: end it first")
    return Rollout(
        rollout_id=new_id(),
        tenant_id=staff.tenant_id,
        image_id=image_id,
        hw=hw,
        reason=reason,
        proposed_by=staff.login,
        proposed_at=clock.now(),
        ring=0,
    )


def _end(uow: UnitOfWork, rollout: Rollout, staff: Staff) -> None:
    if rollout.started_at is not None:
        steps.cancel_open(uow, rollout, "the rollout has ended")
    rollout.state = RolloutState.ENDED
    rollout.ended_at, rollout.ended_by = clock.now(), staff.login
    uow.session.flush()


def _locked(uow: UnitOfWork, staff: Staff, rollout_id: UUID, *states: RolloutState) -> Rollout:
    _check_role(staff)
    rollout = RolloutRepository(uow, staff.tenant_id).get(rollout_id, lock=True)
    if rollout.state not in states:
        raise ConflictError(f"the rollout is {rollout.state.value} by now: look at it again")
    return rollout


def _checked(staff: Staff, reason: str) -> str:
    _check_role(staff)
    if not reason.strip():
        raise InvalidError("say why: whoever comes after you will ask")
    return reason.strip()


def _check_role(staff: Staff) -> None:
    if staff.role not in LEADERS:
        raise DeniedError("a supervisor or an administrator decides about firmware: ask one")


def _note(uow: UnitOfWork, rollout: Rollout, staff: Staff, action: str, reason: str) -> None:
    uow.session.flush()
    audit.record(
        uow,
        tenant_id=rollout.tenant_id,
        actor=staff.login,
        action=action,
        subject=rollout.subject,
        reason=reason,
    )
    uow.emit(RolloutChanged(tenant_id=rollout.tenant_id, rollout_id=rollout.rollout_id))

"""What happens to rollouts by the clock: looked at, stopped, opened further, machines told."""

from datetime import timedelta
from typing import Any

from tapline import audit, clock, policy
from tapline.events import RolloutChanged, RolloutStopped
from tapline.policy import Policy
from tapline.reconciliation import breakers
from tapline.reconciliation.breakers import Scope
from tapline.rollouts import images, jobs, rings
from tapline.rollouts.images import FirmwareImage
from tapline.rollouts.model import (
    MemberState,
    Rollout,
    RolloutDevice,
    RolloutJob,
    RolloutState,
)
from tapline.rollouts.rates import GROUPS, Comparison, Tally, compared, worse
from tapline.rollouts.repository import MemberRepository, RolloutRepository
from tapline.uow import UnitOfWork

_LOOK_EVERY = timedelta(seconds=10)
_OPEN = frozenset({MemberState.WAITING, MemberState.UPDATING})


def sweep(uow: UnitOfWork, *, tenant_id: str, origin: str) -> None:
    """Carry on every running rollout of a tenant; machines fetch images from `origin`."""
    in_force = policy.current(uow, tenant_id=tenant_id)
    jobs.give_up_silent(uow, tenant_id=tenant_id)
    for rollout in RolloutRepository(uow, tenant_id).running():
        image = images.get(uow, tenant_id=tenant_id, image_id=rollout.image_id)
        enrol(uow, rollout, image)
        if rollout.looked_at is None or clock.now() - rollout.looked_at >= _LOOK_EVERY:
            _look(uow, rollout, image, in_force)
        if rollout.state is RolloutState.RUNNING:
            _tell(uow, rollout, image, origin=origin, in_force=in_force)


def enrol(uow: UnitOfWork, rollout: Rollout, image: FirmwareImage) -> None:
    """Take in the model's machines: at the start by their place, later ones into the last ring.

    Those that cannot be updated over the air are no part of it; those that run the image are done.
    """
    members = MemberRepository(uow, rollout.rollout_id)
    if rollout.undoes is None:
        known = members.ids()
        found = {
            one.device_id
            for one in RolloutRepository(uow, rollout.tenant_id).machines(rollout.hw)
            if "ota" in (one.hello or {}).get("caps", ())
        }
        cut = {} if known else rings.cut(rollout.hw, found)
        members.add_all(
            [
                new_member(rollout, device_id, cut.get(device_id, rings.LAST))
                for device_id in sorted(found - known)
            ]
        )
    for member in members.already(image.version):
        member.state, member.settled_at = MemberState.UPDATED, clock.now()


def new_member(rollout: Rollout, device_id: str, ring: int) -> RolloutDevice:
    """A machine that waits to be told."""
    return RolloutDevice(
        rollout_id=rollout.rollout_id,
        device_id=device_id,
        ring=ring,
        place=rings.place(rollout.hw, device_id),
        state=MemberState.WAITING,
        attempts=0,
    )


def cancel_open(uow: UnitOfWork, rollout: Rollout, reason: str) -> None:
    """Ask the machines that have not begun to install to leave it be."""
    jobs.cancel(uow, MemberRepository(uow, rollout.rollout_id).open_jobs(), reason=reason)


def _look(uow: UnitOfWork, rollout: Rollout, image: FirmwareImage, in_force: Policy) -> None:
    """Hold the updated machines against the others; stop, or open the next ring."""
    comparisons, pours = _compare(uow, rollout, image, in_force)
    members = MemberRepository(uow, rollout.rollout_id)
    standing = rings.standing(members.states(rollout.ring), pours)
    rollout.looked_at = clock.now()
    rollout.figures = {
        "comparisons": [one.document for one in comparisons],
        "ring_pours": pours,
        "policy": in_force.version,
    }
    why = (
        _tripped(uow, rollout, image)
        or _errs_more(rollout, comparisons, in_force)
        or _fails(members, rollout, standing, in_force)
    )
    if why is not None:
        _stop(uow, rollout, why)
        return
    assert rollout.ring_at is not None, "it runs"
    if rings.soak(in_force, standing, rollout.ring_at).is_over(clock.now()):
        _open_next(uow, rollout, members)


def _compare(
    uow: UnitOfWork, rollout: Rollout, image: FirmwareImage, in_force: Policy
) -> tuple[list[Comparison], int]:
    assert rollout.started_at is not None, "it runs"
    rows = RolloutRepository(uow, rollout.tenant_id).rates(
        rollout,
        image.version,
        rollout.started_at - timedelta(seconds=in_force.rollout_past_s),
        rollout.forgiven_at or rollout.started_at,
    )
    tallies = {row.whose: Tally(row.pours, {"D01": row.dry, "D20": row.untimely}) for row in rows}
    pours = sum(row.in_ring for row in rows if row.whose == "updated")
    updated, others, past = (tallies.get(whose, Tally()) for whose in GROUPS)
    return compared(updated, others, past), pours


def _tripped(uow: UnitOfWork, rollout: Rollout, image: FirmwareImage) -> dict[str, Any] | None:
    """The breaker of the new firmware, where it stands."""
    cohort = (Scope.MODEL, f"{rollout.hw} {image.version}")
    for breaker in breakers.standing(uow, tenant_id=rollout.tenant_id):
        if (breaker.scope, breaker.key) == cohort:
            return {"rule": "breaker", "breaker": str(breaker.breaker_id)} | breaker.figures
    return None


def _errs_more(
    rollout: Rollout, comparisons: list[Comparison], in_force: Policy
) -> dict[str, Any] | None:
    """What the updated machines do too often. Whoever goes back is not held against himself."""
    if rollout.undoes is not None:
        return None
    code = worse(
        comparisons,
        findings_min=in_force.rollout_findings_min,
        pours_min=in_force.rollout_pours_min,
        at_most_ppm=in_force.rollout_chance_ppm,
    )
    told = [one.document for one in comparisons if one.code == code]
    return {"rule": "rate", "code": code, "comparisons": told} if code else None


def _fails(
    members: MemberRepository, rollout: Rollout, standing: rings.Standing, in_force: Policy
) -> dict[str, Any] | None:
    """Too many updates that failed, since a person last looked."""
    since = rollout.forgiven_at or rollout.started_at
    assert since is not None, "it runs"
    failed = members.failed_since(since)
    if not rings.failing(in_force, standing._replace(failed=failed)):
        return None
    return {"rule": "failed", "failed": failed, "updated": standing.updated}


def _stop(uow: UnitOfWork, rollout: Rollout, why: dict[str, Any]) -> None:
    rollout.state, rollout.paused_at = RolloutState.PAUSED, clock.now()
    rollout.paused_by, rollout.paused_why = audit.SYSTEM, why
    cancel_open(uow, rollout, "the rollout was stopped")
    audit.record(
        uow,
        tenant_id=rollout.tenant_id,
        actor=audit.SYSTEM,
        action="rollout.pause",
        subject=rollout.subject,
        reason=why["rule"],
    )
    uow.emit(RolloutStopped(tenant_id=rollout.tenant_id, rollout_id=rollout.rollout_id))
    uow.emit(RolloutChanged(tenant_id=rollout.tenant_id, rollout_id=rollout.rollout_id))


def _open_next(uow: UnitOfWork, rollout: Rollout, members: MemberRepository) -> None:
    if rollout.ring < rings.LAST:
        rollout.ring, rollout.ring_at = rollout.ring + 1, clock.now()
    elif members.in_states(_OPEN):
        return
    else:
        rollout.state, rollout.ended_at = RolloutState.DONE, clock.now()
    uow.emit(RolloutChanged(tenant_id=rollout.tenant_id, rollout_id=rollout.rollout_id))


def _tell(
    uow: UnitOfWork, rollout: Rollout, image: FirmwareImage, *, origin: str, in_force: Policy
) -> list[RolloutJob]:
    members = MemberRepository(uow, rollout.rollout_id)
    free = in_force.rollout_at_once_max - len(members.open_jobs())
    if free <= 0:
        return []
    made = [
        jobs.ask(uow, rollout, member, image, origin=origin, in_force=in_force)
        for member in members.next(rollout.ring, free)
    ]
    if made:
        uow.emit(RolloutChanged(tenant_id=rollout.tenant_id, rollout_id=rollout.rollout_id))
    return made

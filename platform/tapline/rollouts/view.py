"""A rollout as its page shows it."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from tapline import policy
from tapline.devices import Device
from tapline.policy import Policy
from tapline.rollouts import images, rings
from tapline.rollouts.images import FirmwareImage
from tapline.rollouts.model import (
    MemberState,
    Rollout,
    RolloutDevice,
    RolloutJob,
    RolloutState,
)
from tapline.rollouts.repository import MemberRepository, RolloutRepository
from tapline.rollouts.rings import Soak
from tapline.uow import UnitOfWork


class Ring(NamedTuple):
    """How far a ring has come; counts of machines."""

    percent: int
    members: int
    states: dict[MemberState, int]
    is_open: bool


class Machine(NamedTuple):
    member: RolloutDevice
    device: Device
    job: RolloutJob | None
    """Its last."""


class RolloutView(NamedTuple):
    rollout: Rollout
    image: FirmwareImage
    rings: list[Ring]
    machines: list[Machine]
    soak: Soak | None
    """What the present ring lacks; none where nothing runs."""
    policy: Policy
    undone_by: UUID | None


class Model(NamedTuple):
    """Machines by what they say they are and run."""

    hw: str
    fw: str
    machines: int


def listed(
    uow: UnitOfWork, *, tenant_id: str, limit: int = 50
) -> Sequence[tuple[Rollout, FirmwareImage]]:
    """A tenant's rollouts with their images, newest first."""
    return RolloutRepository(uow, tenant_id).listed(limit)


def models(uow: UnitOfWork, *, tenant_id: str) -> list[Model]:
    """What runs on a tenant's machines."""
    return [Model(*row) for row in RolloutRepository(uow, tenant_id).models()]


def get(uow: UnitOfWork, *, tenant_id: str, rollout_id: UUID) -> Rollout:
    """One rollout; `NotFoundError` where the tenant has none such."""
    return RolloutRepository(uow, tenant_id).get(rollout_id)


def view(uow: UnitOfWork, *, tenant_id: str, rollout_id: UUID) -> RolloutView:
    """Everything about one rollout; `NotFoundError` where the tenant has none such."""
    rollouts = RolloutRepository(uow, tenant_id)
    rollout = rollouts.get(rollout_id)
    in_force = policy.current(uow, tenant_id=tenant_id)
    machines = [Machine(*row) for row in MemberRepository(uow, rollout_id).rows()]
    undone = (one.rollout_id for one, _ in rollouts.listed(200) if one.undoes == rollout_id)
    return RolloutView(
        rollout,
        images.get(uow, tenant_id=tenant_id, image_id=rollout.image_id),
        _rings(rollout, machines),
        machines,
        _soak(rollout, machines, in_force),
        in_force,
        next(undone, None),
    )


def _rings(rollout: Rollout, machines: Sequence[Machine]) -> list[Ring]:
    found = []
    for number, percent in enumerate(rings.RINGS):
        states = [one.member.state for one in machines if one.member.ring == number]
        counts = {state: states.count(state) for state in MemberState}
        is_open = rollout.started_at is not None and number <= rollout.ring
        found.append(Ring(percent, len(states), counts, is_open))
    return [one for one in found if one.members or rollout.undoes is None]


def _soak(rollout: Rollout, machines: Sequence[Machine], in_force: Policy) -> Soak | None:
    if rollout.state is not RolloutState.RUNNING or rollout.ring_at is None:
        return None
    told = [one.member.state for one in machines if one.member.ring <= rollout.ring]
    pours = (rollout.figures or {}).get("ring_pours", 0)
    return rings.soak(in_force, rings.standing(told, pours), rollout.ring_at)

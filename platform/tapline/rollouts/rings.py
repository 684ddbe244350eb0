"""Which machine is told when. Pure."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline.policy import Policy
from tapline.rollouts.model import MemberState

RINGS: Sequence[int] = (5, 25, 50, 100)
"""Percent of a model's machines, up to and including each ring."""
LAST = len(RINGS) - 1


def place(hw: str, device_id: str) -> str:
    """A machine's stable place in its model: the same in each rollout, unlike its neighbours'."""
    return hashlib.sha256(f"{hw}\n{device_id}".encode()).hexdigest()[:16]


def cut(hw: str, device_ids: Collection[str]) -> dict[str, int]:
    """The ring of each machine: in the order of their places, the first 5 %, at least one, and so
    on."""
    ordered = sorted(device_ids, key=lambda one: place(hw, one))
    ends = [-(-len(ordered) * percent // 100) for percent in RINGS]
    return {
        device_id: next(ring for ring, end in enumerate(ends) if at < end)
        for at, device_id in enumerate(ordered)
    }


class Standing(NamedTuple):
    """What has become of the machines that are told."""

    members: int
    """Without those that were left out."""
    updated: int
    failed: int
    pours: int
    """Of updated machines since the present ring was opened."""


class Soak(NamedTuple):
    """What the present ring still lacks before the next is opened; all zero or none: nothing."""

    updated_short: int
    pours_short: int
    until: datetime

    def is_over(self, now: datetime) -> bool:
        return self.updated_short <= 0 and self.pours_short <= 0 and now >= self.until


def soak(policy: Policy, standing: Standing, ring_at: datetime) -> Soak:
    """How far a ring's soaking is."""
    wanted = -(-standing.members * policy.rollout_ring_percent // 100)
    return Soak(
        max(0, wanted - standing.updated),
        max(0, policy.rollout_pours_min - standing.pours),
        ring_at + timedelta(seconds=policy.rollout_soak_s),
    )


def failing(policy: Policy, standing: Standing) -> bool:
    """Whether too many updates failed. One alone says nothing about the rest."""
    tried = standing.updated + standing.failed
    return standing.failed > 1 and standing.failed * 100 > tried * policy.rollout_failed_percent


def standing(states: Sequence[MemberState], pours: int) -> Standing:
    """Counted from the states of the machines that are told."""
    counted = [one for one in states if one is not MemberState.EXCLUDED]
    return Standing(
        len(counted),
        counted.count(MemberState.UPDATED),
        counted.count(MemberState.FAILED),
        pours,
    )

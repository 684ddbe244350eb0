"""When readings mean that water is not safe, and what a release needs. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tapline.devices.commands import CommandState
from tapline.policy import Policy
from tapline.water.stops.model import StopCause

READINGS_FRESH = timedelta(minutes=15)
"""Only what was measured within this time says anything about the water that is sold now."""
BASELINE = timedelta(days=7)
_FEED_MIN_MG_L = 50
"""With less in the feed, what a membrane holds back cannot be told from noise."""
IN_VAIN = frozenset({CommandState.FAILED, CommandState.REFUSED})
"""The machine heard it, or could not be told, and does not stop."""
_PATIENCE = timedelta(minutes=10)
_UNSAID = frozenset({CommandState.EXPIRED, CommandState.SUPERSEDED})


class Reading(NamedTuple):
    """Dissolved solids before and behind the membrane, mg/l."""

    ts: datetime
    tds_in: int | None
    tds_out: int


class Sign(NamedTuple):
    cause: StopCause
    at: datetime
    evidence: dict[str, Any]


def rejection_percent(tds_in: int, tds_out: int) -> int:
    """Of what is dissolved in the feed, how much the membrane holds back."""
    return 100 - 100 * tds_out // tds_in if tds_in else 0


def signs(policy: Policy, readings: Sequence[Reading], baseline_mg_l: float | None) -> list[Sign]:
    """What the newest readings of a machine, newest first, say against its water.

    One reading may be a bubble or a bad contact: all of the last `water_readings_min` must agree.
    `baseline_mg_l` is what the same machine gave in the week before; None: not known.
    """
    last = readings[: policy.water_readings_min]
    if len(last) < policy.water_readings_min:
        return []
    at = last[0].ts
    shown = [[one.tds_in, one.tds_out] for one in last]
    found = []
    lowest = min(one.tds_out for one in last)
    high = lowest > policy.water_tds_mg_l_max
    jumped = baseline_mg_l is not None and _jumped(policy, lowest, baseline_mg_l)
    if high or jumped:
        evidence = {"tds": shown, "limit": policy.water_tds_mg_l_max}
        if jumped:
            evidence["before"] = round(baseline_mg_l or 0)
        found.append(Sign(StopCause.TDS, at, evidence))
    if all(_leaks(policy, one) for one in last):
        found.append(Sign(StopCause.MEMBRANE, at, {"tds": shown}))
    return found


def needs_baseline(policy: Policy, readings: Sequence[Reading]) -> bool:
    """Whether it could be a jump at all."""
    last = readings[: policy.water_readings_min]
    lowest = min((one.tds_out for one in last), default=0)
    return len(last) == policy.water_readings_min and lowest > policy.water_tds_jump_mg_l


def ask_again(
    state: CommandState, expires_at: datetime, answered_at: datetime | None, now: datetime
) -> bool:
    """Whether a machine has not stopped on the last command and is told once more: one that said
    no after ten minutes, for it may have been at something else."""
    if state in IN_VAIN:
        return answered_at is None or answered_at + _PATIENCE <= now
    return state in _UNSAID or (state is not CommandState.DONE and expires_at <= now)


def _jumped(policy: Policy, lowest: int, baseline_mg_l: float) -> bool:
    by_share = lowest * 100 >= baseline_mg_l * policy.water_tds_jump_percent
    return by_share and lowest - baseline_mg_l > policy.water_tds_jump_mg_l


def _leaks(policy: Policy, one: Reading) -> bool:
    if one.tds_in is None or one.tds_in < _FEED_MIN_MG_L:
        return False
    return rejection_percent(one.tds_in, one.tds_out) < policy.water_rejection_percent_min

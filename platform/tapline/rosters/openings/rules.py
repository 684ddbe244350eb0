"""Which machines stood still for too long, and when they are flushed. Pure."""

from datetime import datetime, timedelta

from tapline.clock import BUSINESS_ZONE
from tapline.devices.commands import CommandState
from tapline.policy import Policy

_OVER = frozenset({CommandState.FAILED, CommandState.EXPIRED, CommandState.REFUSED})


def stood_still(last_pour: datetime | None, now: datetime, *, days: int) -> bool:
    """Whether no water has run for so many days, or ever."""
    return last_pour is None or now - last_pour >= timedelta(days=days)


def ask_again(state: CommandState, expires_at: datetime, now: datetime) -> bool:
    """Whether a machine did not do what it was asked, and is asked once more."""
    return state in _OVER or (state is not CommandState.DONE and expires_at <= now)


def is_night(now: datetime, policy: Policy) -> bool:
    """Whether water may be let out without anybody before the machine."""
    hour = now.astimezone(BUSINESS_ZONE).hour
    return policy.flush_night_from_h <= hour < policy.flush_night_until_h


def is_stagnant(moved_at: datetime | None, now: datetime, policy: Policy) -> bool:
    """Whether the water in a machine that is in use stood for too long."""
    stood = timedelta(seconds=policy.stagnant_night_s)
    return bool(stood) and (moved_at is None or now - moved_at >= stood)

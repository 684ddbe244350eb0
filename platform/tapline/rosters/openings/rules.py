"""Which machines stood still for too long. Pure."""

from datetime import datetime, timedelta

from tapline.devices.commands import CommandState

_OVER = frozenset({CommandState.FAILED, CommandState.EXPIRED, CommandState.REFUSED})


def stood_still(last_pour: datetime | None, now: datetime, *, days: int) -> bool:
    """Whether no water has run for so many days, or ever."""
    return last_pour is None or now - last_pour >= timedelta(days=days)


def ask_again(state: CommandState, expires_at: datetime, now: datetime) -> bool:
    """Whether a machine did not do what it was asked, and is asked once more."""
    return state in _OVER or (state is not CommandState.DONE and expires_at <= now)

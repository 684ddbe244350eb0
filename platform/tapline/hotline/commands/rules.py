"""How long an order to the exchange is of use. Pure."""

from datetime import datetime, timedelta

from tapline.hotline.port import CommandKind

ATTEMPT = timedelta(seconds=10)
"""How long an attempt is trusted to be under way before another process may try."""

_PERISHES_AFTER = timedelta(seconds=60)
_ENDING_PERISHES_AFTER = timedelta(minutes=10)
_ENDING = {CommandKind.HANG_UP, CommandKind.DROP_LEG, CommandKind.REJECT}
"""These are owed to somebody whose telephone rings or who pays for the call."""


def is_stale(kind: CommandKind, age: timedelta) -> bool:
    """Whether carrying it out now would only confuse."""
    return age > (_ENDING_PERISHES_AFTER if kind in _ENDING else _PERISHES_AFTER)


def next_try(now: datetime, attempts: int) -> datetime:
    """After the `attempts`-th failure: 1 s, doubling, at most 10 s; somebody is on the line."""
    return now + min(timedelta(seconds=2 ** (attempts - 1)), timedelta(seconds=10))

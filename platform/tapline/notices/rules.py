"""When a message is tried again, and when it is given up."""

from datetime import datetime, timedelta

ATTEMPT = timedelta(seconds=60)
"""How long an attempt is trusted to be under way before another process may try."""

GIVE_UP_AFTER = timedelta(hours=24)
SECRET_GIVE_UP_AFTER = timedelta(minutes=5)
"""A code that arrives after its end only confuses."""


def pause(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: 10 s, doubling, at most an hour."""
    return min(timedelta(seconds=10 * 2 ** (attempts - 1)), timedelta(hours=1))


def is_stale(*, created_at: datetime, secret: bool, now: datetime) -> bool:
    """Whether sending it now would be worse than not sending it."""
    return now - created_at > (SECRET_GIVE_UP_AFTER if secret else GIVE_UP_AFTER)

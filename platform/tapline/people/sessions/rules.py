"""How long a session lives."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Life:
    idle: timedelta
    longest: timedelta


STAFF = Life(idle=timedelta(hours=2), longest=timedelta(hours=14))
"""A shift with overtime; a console left alone for two hours asks again."""

CUSTOMER = Life(idle=timedelta(days=30), longest=timedelta(days=180))

TOUCH_EVERY = timedelta(minutes=1)
"""Sliding is written down at most this often: a page of ten fragments is not ten writes."""


def expiry(life: Life, *, started_at: datetime, seen_at: datetime) -> datetime:
    """When the session ends unless it is used again."""
    return min(seen_at + life.idle, started_at + life.longest)

"""One page that somebody opens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A page under a short name, and who opens it (a login, `customer`, or nobody)."""

    name: str
    path: str
    who: str | None = None

"""Breakers: automatic money stops by itself for a firmware or a site that causes too much of it.

A false sensor on forty machines prints money; here the machine that gives it back stops believing
them, all at once, until a person has looked. Detection goes on.
"""

from tapline.reconciliation.breakers.model import Breaker, Scope
from tapline.reconciliation.breakers.service import (
    RESETTERS,
    concerned,
    get,
    history,
    machines,
    reset,
    standing,
    watch,
)

__all__ = [
    "RESETTERS",
    "Breaker",
    "Scope",
    "concerned",
    "get",
    "history",
    "machines",
    "reset",
    "standing",
    "watch",
]

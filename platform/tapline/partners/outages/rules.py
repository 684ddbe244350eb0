"""Alarms turned into stretches out of service. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

STOPPING = frozenset(
    {
        "valve_stuck",
        "valve_stuck_open",
        "pump_fault",
        "leak",
        "tds_out_high",
        "uv_failed",
        "membrane_leak",
    }
)
"""Alarms with which a machine gives no water, or none that may be drunk."""
SUPPLY = frozenset({"mains_lost", "inlet_lost"})
"""Power or water from the site is missing: no time of the operator's."""


class Stretch(NamedTuple):
    """A time, `end` excluded."""

    start: datetime
    end: datetime

    @property
    def lasted_s(self) -> int:
        return int((self.end - self.start).total_seconds())


def out_of_service(stopped: Iterable[Stretch], without_supply: Iterable[Stretch]) -> list[Stretch]:
    """When a machine stood still though the site supplied it, each in one go, oldest first.

    A machine that has lost its line is not out of service: it sells without one.
    """
    left = _merged(stopped)
    for gap in _merged(without_supply):
        left = [piece for one in left for piece in _less(one, gap)]
    return left


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for one in sorted(stretch for stretch in stretches if stretch.end > stretch.start):
        if merged and one.start <= merged[-1].end:
            merged[-1] = Stretch(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return merged


def _less(one: Stretch, gap: Stretch) -> Iterable[Stretch]:
    pieces = (
        Stretch(one.start, min(one.end, gap.start)),
        Stretch(max(one.start, gap.end), one.end),
    )
    return (piece for piece in pieces if piece.end > piece.start)

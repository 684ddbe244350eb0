"""What follows from an obstacle. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline.errors import InvalidError
from tapline.tickets.work_orders.obstacles.model import NextStep, Obstacle
from tapline.tickets.work_orders.parts import PARTS

_AHEAD_MAX = timedelta(days=60)
_COUNT_MAX = 20


class Appointment(NamedTuple):
    """When somebody lets the technician in."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What happens next: a new appointment, or `count` of a `part` that is ordered."""

    appointment: Appointment | None = None
    part: str | None = None
    count: int = 1


def next_step(obstacle: Obstacle, plan: Plan, now: datetime) -> NextStep:
    """The step that a plan takes.

    Raises:
        InvalidError: no part is named where one is missing, no time where a door was shut, or
            neither can be.
    """
    if obstacle is Obstacle.NO_PART:
        if plan.part not in PARTS or not 1 <= plan.count <= _COUNT_MAX:
            raise InvalidError(f"name the part that is missing, 1 to {_COUNT_MAX} of it")
        return NextStep.PART
    if plan.appointment is None:
        raise InvalidError("agree on a new time with whoever keeps the door, and write it down")
    check_appointment(plan.appointment, now)
    return NextStep.APPOINTMENT


def check_appointment(appointment: Appointment, now: datetime) -> None:
    """Refuse a time that cannot be.

    Raises:
        InvalidError: it is over, ends before it begins, or is months away.
    """
    begins_at, ends_at = appointment
    if ends_at <= begins_at or ends_at <= now or begins_at > now + _AHEAD_MAX:
        raise InvalidError("give a time ahead, within two months, that ends after it begins")

"""A visit that could not be made: why, and what happens next. It is never an outcome."""

from tapline.tickets.work_orders.obstacles.model import NextStep, Obstacle, Setback
from tapline.tickets.work_orders.obstacles.rules import Appointment, Plan
from tapline.tickets.work_orders.obstacles.service import (
    meet,
    open_parts,
    part_came,
    setbacks_of,
)

__all__ = [
    "Appointment",
    "NextStep",
    "Obstacle",
    "Plan",
    "Setback",
    "meet",
    "open_parts",
    "part_came",
    "setbacks_of",
]

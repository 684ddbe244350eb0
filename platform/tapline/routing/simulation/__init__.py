"""A desk without telephones: callers, agents and chance on a clock of their own."""

from tapline.routing.simulation.day import Day, Outcome, lived, run
from tapline.routing.simulation.desk import Desk
from tapline.routing.simulation.expected import Expected, expected

__all__ = ["Day", "Desk", "Expected", "Outcome", "expected", "lived", "run"]

"""Whose day it is: the visits of a technician in the order in which he goes."""

from tapline.rounds.routes.model import RoutePlace
from tapline.rounds.routes.rules import Stop
from tapline.rounds.routes.service import Day, day_of, move, put_back

__all__ = ["Day", "RoutePlace", "Stop", "day_of", "move", "put_back"]

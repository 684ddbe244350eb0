"""Rounds: machines are looked after by plan, at the machine and with photos; and whose day it is.

`plans` says what and how often, `visits` what was done, `routes` in which order somebody goes.
"""

from tapline.rounds import plans, routes, visits
from tapline.rounds.repairs import on_parts_built_in

__all__ = ["on_parts_built_in", "plans", "routes", "visits"]

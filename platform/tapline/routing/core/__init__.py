"""The pure core of routing: `decide(state, command, now_ms)` gives events, `evolve` folds them.

No clock, no I/O, no floating point, no order of a mapping: the same inputs decide the same.
"""

from tapline.routing.core.decide import decide
from tapline.routing.core.evolve import evolve, fold
from tapline.routing.core.state import State, next_due_ms

__all__ = ["State", "decide", "evolve", "fold", "next_due_ms"]

"""How the network treats what the exchange has to tell: late, twice, in another order."""

import random
from collections.abc import Sequence

LATE_MS = (200, 2500)


def delays_ms(seed: int, number: int, percent: int) -> Sequence[int]:
    """After how long, and how often, the `number`-th event is delivered; mostly once and at once.

    `percent` of the events come late, and so out of order; as many come twice.
    """
    dice = random.Random(f"{seed}:{number}")  # noqa: S311 (no secret)
    drawn = dice.randrange(100)
    late_ms = dice.randint(*LATE_MS)
    if drawn < percent:
        return (late_ms,)
    if drawn < 2 * percent:
        return (0, late_ms)
    return (0,)

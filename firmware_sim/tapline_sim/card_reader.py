"""The reader of cards: now and then it does not see one, and the more often the older it is."""

from random import Random

from tapline_sim import laws
from tapline_sim.conditions import Wear


class CardReader:
    """Counts taps and those that it could not read, since the start."""

    __slots__ = ("_chance", "misreads", "taps")

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.restart()

    def restart(self) -> None:
        """Count anew."""
        self.taps = self.misreads = 0

    def sees(self, wear: Wear) -> bool:
        """Whether a card that is held to it is read."""
        missed = self._chance.random() < laws.misread(wear.reader)
        self.taps += 1
        self.misreads += missed
        return not missed

"""Machines whose meters, counters and clocks go wrong."""

from tests.integration.year.incidents import Incidents, named
from tests.integration.year.world import CUP_FEN, CUP_ML


class Iron(Incidents):
    """Machines."""

    def drifting(self, day: int) -> None:
        """A meter shows eight per cent too little; a technician mends it after a day."""
        machine = self._machine(day, steady=20)
        self._world.injected("D18", f"device:{machine.name}")
        for _ in range(5):
            card = self._victim(day, 3)
            for _ in range(5):
                machine.ml += CUP_ML * 8 // 100
                self._pour(day, card, machine, after_s=90)

    def miscounting(self, day: int) -> None:
        """A machine's counters move by an operation of which there is no record."""
        machine = self._machine(day, steady=2)
        self._pour(day, self._victim(day, 3), machine)
        machine.n += 1
        machine.fen += CUP_FEN
        self._world.injected("D19", named(self._pour(day, self._victim(day, 3), machine)))

    def without_clock(self, day: int) -> None:
        machine = self._machine(day, steady=2)
        fact = self._pour(day, self._victim(day, 3), machine, moment=None, clk="none")
        self._world.injected("D20", named(fact))

    def reading_nothing(self, day: int) -> None:
        """A counter is reported as 0, the placeholder of a reading that was not taken."""
        machine = self._machine(day, steady=2)
        self._pour(day, self._victim(day, 3), machine)
        zero = {"total_n": 0, "total_fen": 0, "total_ml": 0}
        fact = self._pour(day, self._victim(day, 3), machine, **zero)
        self._world.injected("D28", named(fact))

"""Water that did not come, or came too much, and what it costs."""

from tests.integration.year.incidents import DRY, Incidents, named


class Water(Incidents):
    """Water and its price."""

    def dry(self, day: int) -> None:
        """Charged, and no water came."""
        fact = self._pour(day, self._victim(day, 3), self._machine(day), **DRY)
        self._world.injected("D01", named(fact))

    def dry_of_another_issuer(self, day: int) -> None:
        card = self._victim(day, 3, whose="theirs")
        self._world.injected("D01", named(self._pour(day, card, self._machine(day), **DRY)))

    def unlucky(self, day: int) -> None:
        """So often in a day that machines leave the rest to people."""
        card = self._victim(day, 3)
        for _ in range(5):
            self._world.injected("D01", named(self._pour(day, card, self._machine(day), **DRY)))

    def partial(self, day: int) -> None:
        fact = self._pour(day, self._victim(day, 3), self._machine(day), ml=700, status="partial")
        self._world.injected("D02", named(fact))

    def over(self, day: int) -> None:
        machine = self._machine(day, steady=4)
        fact = self._pour(day, self._victim(day, 3), machine, ml=2000)
        self._world.injected("D03", named(fact))

    def leaking(self, day: int) -> None:
        """Water runs through the meter while nothing is sold."""
        machine = self._machine(day, steady=4)
        self._pour(day, self._victim(day, 3), machine)
        machine.ml += 1000
        fact = self._pour(day, self._victim(day, 3), machine)
        self._world.injected("D03", named(fact))

    def twice(self, day: int) -> None:
        """The first debit gave nothing, so the machine took another one."""
        card, machine = self._victim(day, 3), self._machine(day)
        first = self._pour(day, card, machine, **DRY)
        self._pour(day, card, machine, after_s=20)
        self._world.injected("D01", named(first))
        self._world.injected("D06", named(first))

    def dear(self, day: int) -> None:
        fact = self._pour(day, self._victim(day, 3), self._machine(day), amt_fen=150)
        self._world.injected("D24", named(fact))

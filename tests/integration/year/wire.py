"""Facts on their way: late, repeated, contradicted, lost, torn."""

from tests import factories
from tests.integration.year.incidents import Incidents, named
from tests.integration.year.world import CUP_FEN


class Wire(Incidents):
    """The way of facts."""

    def repeated(self, day: int) -> None:
        """An acknowledgement was lost: the machine sends again what we have."""
        machine = self._machine(day)
        for fact in self._world.rng.sample(machine.sent, min(2, len(machine.sent))):
            self.extra.append(fact)
            self._world.injected("D04", named(fact))

    def contradicted(self, day: int) -> None:
        """Broken memory: the number of a pour comes with another content, now and then first."""
        card, machine = self._victim(day, 6), self._machine(day, steady=4)
        self._pour(day, card, machine)
        fact = self._pour(day, card, machine)
        self._world.injected("D05", named(fact))
        rival = factories.fact(
            machine.name,
            fact.seq,
            card.number,
            atc=card.atc + 50,
            before_fen=77_777,
            amt_fen=300,
            moment=fact.moment,
        )
        if self._world.rng.random() < 0.5:
            machine.kept.insert(0, rival)
        else:
            self._plan.on(day + 1, lambda _: self.extra.append(rival))
        self._visits(card, day + 2)

    def held_up(self, day: int) -> None:
        """One fact hangs in a machine for two days, those after it do not."""
        card, machine = self._victim(day, 6), self._machine(day, steady=4)
        fact = self._pour(day, card, machine)
        machine.kept.remove(fact)
        self._pour(day, self._victim(day, 2), machine)
        self._world.injected("D07", named(fact))
        self._plan.on(day + 2, lambda _: machine.kept.append(fact))

    def lost(self, day: int) -> None:
        """The machine forgets a fact for good, and says so two days later."""
        card, machine = self._victim(day, 12), self._machine(day, steady=4)
        fact = self._pour(day, card, machine, is_told=False)
        after = self._pour(day, self._victim(day, 2), machine)
        self._world.injected("D07", named(fact))
        self._world.injected("D19", named(after))
        self._plan.on(day + 2, lambda _: self._house.hears_lost(machine, fact.seq))
        for code in ("D08", "D11"):
            self._world.injected(code, f"card:{card.number}:{card.atc + 1}")
        self._world.tell("forgotten", card=card.number, fen=CUP_FEN)
        self._visits(card, day + 1, day + 8)

    def torn_and_charged(self, day: int) -> None:
        self._tear(day, is_charged=True)

    def torn_and_void(self, day: int) -> None:
        self._tear(day, is_charged=False)

    def _tear(self, day: int, *, is_charged: bool) -> None:
        card, machine = self._victim(day, 7), self._machine(day)
        self._pour(day, card, machine)
        fact = self._world.tears(card, machine, self._at(day), is_charged=is_charged)
        self._world.injected("D12", named(fact))
        self._visits(card, day + 2, day + 3)

    def out_of_line(self, day: int) -> None:
        """A machine sells without a line for sixty hours and tells then."""
        machine = self._machine(day, steady=5)
        self._house.has_line(machine, is_online=False)
        for _ in range(3):
            self._pour(day, self._victim(day, 5), machine, off=True)
        self._plan.on(day + 3, lambda _: self._house.has_line(machine, is_online=True))

    def out_for_long(self, day: int) -> None:
        """A machine has no line for a week: so long nobody waits, and a purse is made whole for
        what it had truly paid. When the machine tells, the money is on the chip already."""
        machine, card = self._machine(day, steady=9), self._victim(day, 12)
        self._house.has_line(machine, is_online=False)
        self._pour(day, card, machine, off=True)
        self._visits(card, day + 1, day + 6)
        self._plan.on(day + 5, lambda _: None)  # the clock works
        self._plan.on(day + 7, lambda _: self._house.has_line(machine, is_online=True))
        self._world.tell("early", card=card.number, fen=CUP_FEN)

"""What happens to people and their cards."""

from tests.integration.year.incidents import Incidents, named
from tests.integration.year.world import Machine, Plastic


class Holders(Incidents):
    """Loss, farewell, forgetting."""

    def stolen(self, day: int) -> None:
        """A card is reported lost; a machine without a line sells to the thief before it knows.
        The holder gets another card, or finds it again."""
        self._is_stolen(day, self._machine(day, steady=3))

    def stolen_and_told_late(self, day: int) -> None:
        """The same; the machine tells only when the holder has another card already."""
        machine = self._machine(day, steady=5)
        self._house.has_line(machine, is_online=False)
        self._plan.on(day + 3, lambda _: self._house.has_line(machine, is_online=True))
        self._is_stolen(day, machine)

    def _is_stolen(self, day: int, machine: Machine) -> None:
        card = self._victim(day, 999, held=True)
        self._desk.hears_of_loss(card.number)
        for _ in range(2):
            fact = self._pour(day, card, machine, off=True, owed_fen=0)
            self._world.injected("D22", named(fact))
        if self._world.rng.random() < 0.5:
            new = Plastic(f"{30_000_000 + next(self._numbers)}", "cpu", 0)
            self._plan.on(day + 2, lambda _: self._replaces(card, new))
        else:
            self._plan.on(day + 2, lambda _: self._desk.gives_back(card.number))
            card.quiet_until = day + 3

    def _replaces(self, card: Plastic, new: Plastic) -> None:
        self._desk.replaces(card.number, new.number)
        self._world.tell("replaced", card=card.number, by=new.number)
        card.is_retired, card.is_sane = True, False
        self._world.cards.append(new)

    def given_up(self, day: int) -> None:
        """Somebody buys a card, drinks twice, and wants the rest back after a week."""
        card = Plastic(f"{40_000_000 + next(self._numbers)}", "cpu", 0)
        self._world.tell("card", card=card.number, opened_fen=0)
        card.quiet_until = 999
        self._house.issues(card, holder=True)
        self._world.cards.append(card)
        bonus_fen = self._tops_up(card, 5000)
        self._visits(card, day + 1, day + 2)

        def leaves(_: int) -> None:
            self._desk.gives_up(card.number)
            own_fen = card.chip_fen - bonus_fen  # what was promised on top lapses with the card
            self._world.tell("refund", card=card.number, fen=own_fen, lapsed_fen=bonus_fen)
            card.is_retired, card.is_sane = True, False

        self._plan.on(day + 7, leaves)

    def untapped(self, day: int) -> None:
        """Somebody pays for a card and does not come for three days."""
        card = self._victim(day, 4, held=True)
        self._tops_up(card, 1000)
        self._world.injected("D15", f"card:{card.number}")

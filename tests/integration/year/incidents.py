"""What all incidents have in common: who is struck, when, and the visits that follow."""

from datetime import datetime
from itertools import count
from typing import Any

from tapline.cards.facts import FactIn
from tapline.cards.vouchers import Voucher
from tests.integration.year.desk import Desk
from tests.integration.year.house import House
from tests.integration.year.world import CUP_FEN, CUP_ML, Machine, Plan, Plastic, World, moment

DRY: dict[str, Any] = {"ml": 0, "status": "no_flow"}
THREE_CUPS: dict[str, Any] = {"amt_fen": 3 * CUP_FEN, "ml": 3 * CUP_ML, "asked_ml": 3 * CUP_ML}


class Incidents:
    """Each method of those who inherit is one incident of one card or machine on one day, with
    the visits that must follow for it to be seen."""

    def __init__(self, world: World, house: House, desk: Desk, plan: Plan, start: datetime) -> None:
        self._world = world
        self._house = house
        self._desk = desk
        self._plan = plan
        self._start = start
        self._numbers = count(1)
        self._now_s = 0
        self.extra: list[FactIn] = []
        """What arrives beside what machines keep: contradictions, forgeries, copies."""
        self._last: dict[str, int] = {}
        """Until which day nothing else may go wrong with a card or a machine."""

    def _pour(
        self,
        day: int,
        card: Plastic,
        machine: Machine,
        *,
        after_s: int = 90,
        **changes: object,
    ) -> FactIn:
        when = changes.pop("moment", self._at(day, after_s))
        return self._world.pours(card, machine, when, **changes)  # type: ignore[arg-type]

    def _at(self, day: int, after_s: int = 90) -> datetime:
        """The next moment of the day at which something happens."""
        self._now_s += after_s
        return moment(self._start, day, seconds=self._now_s)

    def begins_day(self) -> None:
        """Doors open half an hour into the day."""
        self._now_s = 1800

    def _victim(
        self, day: int, days: int, *, whose: str = "ours", kind: str = "cpu", held: bool = False
    ) -> Plastic:
        """A card to which nothing else happens for so many days."""
        free = [
            card
            for card in self._world.cards
            if card.quiet_until < day
            and not card.is_retired
            and (card.whose, card.kind) == (whose, kind if whose == "ours" else "cpu")
            and (card.chip_fen >= 1500 or kind == "id")
            and (not held or card.number in self._desk.customers)
            and self._last.get(card.number, -1) < day
        ]
        card = self._world.rng.choice(free)
        self._last[card.number] = day + 31
        card.quiet_until = day + days
        return card

    def _machine(self, day: int, *, steady: int = 0) -> Machine:
        """A machine with a line; `steady`: one to which nothing else happens for so many days."""
        free = [
            machine
            for machine in self._world.machines
            if machine.has_line and self._last.get(machine.name, -1) < day
        ]
        machine = self._world.rng.choice(free)
        if steady:
            self._last[machine.name] = day + steady
        return machine

    def _visits(self, card: Plastic, *days: int) -> None:
        """Taps that happen for certain, so that what went wrong is seen."""
        for day in days:
            self._plan.on(day, lambda today: self._taps(card, today))

    def _taps(self, card: Plastic, day: int) -> None:
        machine = self._machine(day)
        if card.kind == "cpu" and card.whose == "ours":
            (voucher,) = self._house.answers([(card, machine)])
            self.served(card, machine, day, voucher)
        else:
            self.served(card, machine, day, None)

    def served(self, card: Plastic, machine: Machine, day: int, voucher: Voucher | None) -> None:
        """A tap: what waits is written, then water is drawn."""
        if voucher is not None:
            self._world.writes_voucher(
                card, machine, self._at(day), voucher.amount_fen, voucher.voucher_id
            )
        if card.chip_fen >= CUP_FEN:
            self._pour(day, card, machine)

    def tops_up(self, card: Plastic, amount_fen: int, day: int) -> None:
        """Somebody pays, and comes the next day."""
        self._tops_up(card, amount_fen)
        card.quiet_until = max(card.quiet_until, day + 1)
        self._visits(card, day + 1)

    def _retires(self, card: Plastic) -> None:
        card.is_retired, card.is_sane = True, False

    def _stranger(self) -> Plastic:
        return Plastic(f"{99_000_000 + next(self._numbers)}", "cpu", 3000, whose="nobody's")

    def _tops_up(self, card: Plastic, amount_fen: int) -> int:
        by_hand = card.number not in self._desk.customers
        bonus_fen = self._desk.tops_up(card.number, amount_fen, by_hand=by_hand)
        self._world.tell(
            "topup", card=card.number, fen=amount_fen, bonus_fen=bonus_fen, by_hand=by_hand
        )
        if card.kind == "id":
            card.chip_fen += amount_fen + bonus_fen
        return bonus_fen


def named(fact: FactIn) -> str:
    """The subject under which a fact is found."""
    return f"dev:{fact.device_id}:{fact.seq}"

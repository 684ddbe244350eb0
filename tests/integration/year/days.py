"""A year, day by day: people tap, things go wrong, machines send, the office and the clock work."""

from collections.abc import Sequence
from datetime import datetime

from tapline import clock
from tapline.cards.facts import FactIn
from tapline.uow import Database
from tests.integration.year.desk import Desk
from tests.integration.year.evening import Evening, at
from tests.integration.year.house import House
from tests.integration.year.mischief import Mischief
from tests.integration.year.world import Plan, Plastic, Truth, World, moment

OFTEN, EACH = 6, 3
"""How often the common things go wrong in a year, and everything else."""
COMMON = ("dry", "partial", "repeated", "contradicted")
LINES = ("out_of_line", "out_for_long", "stolen_and_told_late")
"""First of a day: what else happens on it does not happen at a machine that falls silent."""
RARE = (
    *("dry_of_another_issuer", "over", "leaking", "twice", "dear"),
    *("held_up", "lost", "torn_and_charged", "torn_and_void"),
    *("given_up", "unlucky"),
    *("cloned", "rolled_back", "tampered", "overloaded", "written_unpaid"),
    *("overdrawn", "forged", "unknown", "issued_late", "stolen", "untapped"),
    *("drifting", "miscounting", "without_clock", "reading_nothing"),
)
EVERY, WEEK = 28, 7
"""Things go wrong on one bad day in four weeks. Between, the world stands still but for what
follows from them and one day a fortnight: days on which nothing happens take time as well."""
_QUIET_DAYS = 14
"""Before anything goes wrong."""
_COMING = 25
"""So many people tap a day."""


class Calendar:
    """Runs a world against a house."""

    def __init__(
        self, database: Database, start: datetime, *, seed: int, cards: int, machines: int
    ) -> None:
        self._start = start
        self.world = World(seed, machines)
        self._house = House(database)
        self._desk = Desk(self._house)
        self._evening = Evening(self._house)
        self._plan = Plan(self.world)
        self._mischief = Mischief(self.world, self._house, self._desk, self._plan, start)
        self._house.founds(self.world.machines)
        self._hands_out(cards)

    def _hands_out(self, cards: int) -> None:
        theirs, online = cards // 20, cards // 10
        for n in range(cards):
            if n < theirs:
                self.world.cards.append(Plastic(f"2025{n:04d}", "cpu", 50_000, whose="theirs"))
                continue
            kind = "id" if n < theirs + online else "cpu"
            card = Plastic(f"{88_000_000 + n}", kind, 5000)
            self.world.cards.append(card)
            self.world.tell("card", card=card.number, opened_fen=card.chip_fen)
        with self._house.open() as uow:
            for card in self.own_cards:
                self._house.issue(uow, card, holder=int(card.number) % 2 == 0)

    @property
    def own_cards(self) -> list[Plastic]:
        return [card for card in self.world.cards if card.whose == "ours"]

    def record(self) -> list[Truth]:
        """What the world did, and what is on the chips in the end."""
        chips = [
            {"t": "chip", "card": card.number, "fen": card.chip_fen}
            for card in self.own_cards
            if card.is_sane
        ]
        return [*self.world.record, *chips]

    def runs(self, *, days: int) -> None:
        """All of it; the last days bring only what is still to come."""
        bad_days = range(_QUIET_DAYS, days - EVERY // 2, EVERY)
        for name in (*LINES * EACH, *COMMON * OFTEN, *RARE * EACH):
            self._plan.on(self.world.rng.choice(bad_days), getattr(self._mischief, name))
        for day in range(days):
            if day % (2 * WEEK) == 0 or self._plan.has(day):
                self._day(day)

    def _day(self, day: int) -> None:
        at(moment(self._start, day, hours=0.5))
        self._mischief.begins_day()
        if day % (13 * WEEK) == 0:
            self._desk.promises(per_mille=100, paid_fen_min=3000)
        for act in self._plan.of(day):
            act(day)
        self._people_tap(day)
        at(moment(self._start, day, hours=3))
        self._machines_send()
        at(moment(self._start, day, hours=4))
        self._people_pay(day)
        at(moment(self._start, day, hours=14))
        self._evening.sweeps()
        self._evening.advances_refunds()
        if day % WEEK == 0:
            self._evening.looks_at_meters()
        at(moment(self._start, day, hours=17))
        self._evening.closes()

    def _people_tap(self, day: int) -> None:
        """Who comes today; a machine with a line writes first what waits for the card."""
        chosen = [card for card in self.world.cards if self._may_come(card, day)]
        coming = self.world.rng.sample(chosen, min(_COMING, len(chosen)))
        machines = [machine for machine in self.world.machines if machine.has_line]
        taps = [(card, self.world.rng.choice(machines)) for card in coming]
        purses = [tap for tap in taps if tap[0].kind == "cpu" and tap[0].whose == "ours"]
        answers = dict(
            zip((card.number for card, _ in purses), self._house.answers(purses), strict=True)
        )
        for card, machine in taps:
            self._mischief.served(card, machine, day, answers.get(card.number))

    def _may_come(self, card: Plastic, day: int) -> bool:
        return card.quiet_until < day and not card.is_retired

    def _machines_send(self) -> None:
        """Everything that machines with a line keep, in any order; and what came otherwise."""
        arriving = [*self._mischief.extra, *self.world.sends(clock.now())]
        self._mischief.extra.clear()
        self.world.rng.shuffle(arriving)
        for batch in _halves(arriving):
            self._house.takes_in(batch)

    def _people_pay(self, day: int) -> None:
        poor = [
            card for card in self.own_cards if self._may_come(card, day) and card.chip_fen < 3000
        ]
        for card in poor[:2]:
            self._mischief.tops_up(card, self.world.rng.choice((2000, 3000, 5000)), day)


def _halves(all_: Sequence[FactIn]) -> list[Sequence[FactIn]]:
    middle = len(all_) // 2
    return [half for half in (all_[:middle], all_[middle:]) if half]

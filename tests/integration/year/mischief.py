"""Everything that goes wrong in a year, each thing on purpose and written down.

Each method is one incident of one card or machine on one day, with the visits that must follow for
it to be seen. What it is to be called, and where, the world knows by itself: nothing here asks the
platform.
"""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from tapline.cards.facts import FactFlaw, FactIn
from tapline.cards.proofs import Proof
from tapline.cards.vouchers import Voucher
from tests import factories
from tests.integration.year.house import House
from tests.integration.year.world import CUP_FEN, CUP_ML, Machine, Plan, Plastic, World, moment

DRY: dict[str, Any] = {"ml": 0, "status": "no_flow"}
THREE_CUPS: dict[str, Any] = {"amt_fen": 3 * CUP_FEN, "ml": 3 * CUP_ML, "asked_ml": 3 * CUP_ML}


class Mischief:
    """What may go wrong, by name."""

    def __init__(self, world: World, house: House, plan: Plan, start: datetime) -> None:
        self._world = world
        self._house = house
        self._plan = plan
        self._start = start
        self._numbers = count(1)
        self._now_s = 0
        self.extra: list[FactIn] = []
        """What arrives beside what machines keep: contradictions, forgeries, copies."""
        self._last: dict[str, int] = {}
        """Until which day nothing else may go wrong with a card or a machine."""

    # Water and its price.

    def dry(self, day: int) -> None:
        """Charged, and no water came."""
        fact = self._pour(day, self._victim(day, 3), self._machine(day), **DRY)
        self._world.injected("D01", _of(fact))

    def dry_of_another_issuer(self, day: int) -> None:
        card = self._victim(day, 3, whose="theirs")
        self._world.injected("D01", _of(self._pour(day, card, self._machine(day), **DRY)))

    def unlucky(self, day: int) -> None:
        """So often in a day that machines leave the rest to people."""
        card = self._victim(day, 3)
        for _ in range(5):
            self._world.injected("D01", _of(self._pour(day, card, self._machine(day), **DRY)))

    def partial(self, day: int) -> None:
        fact = self._pour(day, self._victim(day, 3), self._machine(day), ml=700, status="partial")
        self._world.injected("D02", _of(fact))

    def over(self, day: int) -> None:
        machine = self._machine(day, steady=4)
        fact = self._pour(day, self._victim(day, 3), machine, ml=2000)
        self._world.injected("D03", _of(fact))

    def leaking(self, day: int) -> None:
        """Water runs through the meter while nothing is sold."""
        machine = self._machine(day, steady=4)
        self._pour(day, self._victim(day, 3), machine)
        machine.ml += 1000
        fact = self._pour(day, self._victim(day, 3), machine)
        self._world.injected("D03", _of(fact))

    def twice(self, day: int) -> None:
        """The first debit gave nothing, so the machine took another one."""
        card, machine = self._victim(day, 3), self._machine(day)
        first = self._pour(day, card, machine, **DRY)
        self._pour(day, card, machine, after_s=20)
        self._world.injected("D01", _of(first))
        self._world.injected("D06", _of(first))

    def dear(self, day: int) -> None:
        fact = self._pour(day, self._victim(day, 3), self._machine(day), amt_fen=150)
        self._world.injected("D24", _of(fact))

    # The way of facts.

    def repeated(self, day: int) -> None:
        """An acknowledgement was lost: the machine sends again what we have."""
        machine = self._machine(day)
        for fact in self._world.rng.sample(machine.sent, min(2, len(machine.sent))):
            self.extra.append(fact)
            self._world.injected("D04", _of(fact))

    def contradicted(self, day: int) -> None:
        """Broken memory: the number of a pour comes with another content, now and then first."""
        card, machine = self._victim(day, 6), self._machine(day, steady=4)
        self._pour(day, card, machine)
        fact = self._pour(day, card, machine)
        self._world.injected("D05", _of(fact))
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
        self._world.injected("D07", _of(fact))
        self._plan.on(day + 2, lambda _: machine.kept.append(fact))

    def lost(self, day: int) -> None:
        """The machine forgets a fact for good, and says so two days later."""
        card, machine = self._victim(day, 12), self._machine(day, steady=4)
        fact = self._pour(day, card, machine, is_told=False)
        after = self._pour(day, self._victim(day, 2), machine)
        self._world.injected("D07", _of(fact))
        self._world.injected("D19", _of(after))
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
        self._world.injected("D12", _of(fact))
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

    # Cards that are not what they seem.

    def cloned(self, day: int) -> None:
        """A copy of a card draws elsewhere; the card itself goes on for two taps, then no more."""
        card = self._victim(day, 999)
        copy = replace(card)
        self._pour(day, copy, self._machine(day), payer="suspense", **THREE_CUPS)
        self._world.injected("D09", f"card:{card.number}:{card.atc + 1}")
        self._visits(card, day + 1, day + 2)
        self._retires(card)

    def rolled_back(self, day: int) -> None:
        """Somebody puts an old image back onto a chip, and draws with what was spent already."""
        card = self._victim(day, 999)
        self._pour(day, card, self._machine(day))
        old = replace(card)
        self._visits(card, day + 1, day + 2)
        wheres = f"card:{card.number}:{card.atc + 1}"
        self._world.injected("D09", wheres)

        def draws(today: int) -> None:
            self._pour(today, old, self._machine(today), payer="suspense", **THREE_CUPS)

        self._plan.on(day + 3, draws)
        self._retires(card)

    def tampered(self, day: int) -> None:
        """Somebody writes a higher balance to a chip without moving its counter."""
        card = self._victim(day, 999)
        self._pour(day, card, self._machine(day))
        card.chip_fen += 700
        self._world.injected("D09", f"card:{card.number}:{card.atc + 1}")
        self._visits(card, day + 1)
        self._retires(card)

    def overloaded(self, day: int) -> None:
        """Somebody writes money to a chip as if a machine had done it."""
        card = self._victim(day, 999)
        self._pour(day, card, self._machine(day))
        card.chip_fen += 500
        card.atc += 1
        for code in ("D08", "D10"):
            self._world.injected(code, f"card:{card.number}:{card.atc + 1}")
        self._visits(card, day + 1)
        self._retires(card)

    def written_unpaid(self, day: int) -> None:
        """A machine writes money to a chip that nobody owed it."""
        card = self._victim(day, 999)
        self._pour(day, card, self._machine(day))
        name = f"LD-{next(self._numbers)}"
        fact = self._world.writes_voucher(card, self._machine(day), self._at(day), 500, name)
        self._world.injected("D16", _of(fact))
        self._retires(card)

    def overdrawn(self, day: int) -> None:
        """A card whose balance is with us was sold to beyond it; its holder pays a week later."""
        card = self._victim(day, 20, kind="id")
        cups = card.chip_fen // CUP_FEN + 10
        self._pour(
            day,
            card,
            self._machine(day),
            amt_fen=cups * CUP_FEN,
            ml=cups * CUP_ML,
            asked_ml=cups * CUP_ML,
        )
        self._world.injected("D14", f"card:{card.number}")

        def pays(_: int) -> None:
            self._tops_up(card, 10_000)

        self._plan.on(day + 7, pays)

    def forged(self, day: int) -> None:
        """A machine is shown a card that cannot say what the card would say."""
        card, machine = self._victim(day, 3), self._machine(day)
        machine.seq += 1
        fact = factories.fact(
            machine.name,
            machine.seq,
            card.number,
            atc=card.atc + 1,
            before_fen=card.chip_fen,
            moment=self._at(day),
            tac="00000000",
            flaw=FactFlaw.WRONG_PROOF,
            proof=Proof.WRONG,
        )
        self.extra.append(fact)
        self._world.tell("forged", device=machine.name, seq=machine.seq)
        self._world.injected("D23", _of(fact))

    def unknown(self, day: int) -> None:
        card = self._stranger()
        self._pour(day, card, self._machine(day))
        self._pour(day, card, self._machine(day))
        self._world.injected("D25", f"card:{card.number}")

    def issued_late(self, day: int) -> None:
        """A card is used before anybody wrote down that it was handed out."""
        card = self._stranger()
        opened = replace(card)
        self._pour(day, card, self._machine(day), payer="card")
        self._world.tell("card", card=card.number, opened_fen=opened.chip_fen)
        card.whose = "ours"

        def issues(_: int) -> None:
            self._house.issues(opened)
            self._world.cards.append(card)

        self._plan.on(day + 3, issues)

    # People.

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
        self._house.hears_of_loss(card.number)
        for _ in range(2):
            fact = self._pour(day, card, machine, off=True, owed_fen=0)
            self._world.injected("D22", _of(fact))
        if self._world.rng.random() < 0.5:
            new = Plastic(f"{30_000_000 + next(self._numbers)}", "cpu", 0)
            self._plan.on(day + 2, lambda _: self._replaces(card, new))
        else:
            self._plan.on(day + 2, lambda _: self._house.gives_back(card.number))
            card.quiet_until = day + 3

    def _replaces(self, card: Plastic, new: Plastic) -> None:
        self._house.replaces(card.number, new.number)
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
            self._house.gives_up(card.number)
            own_fen = card.chip_fen - bonus_fen  # what was promised on top lapses with the card
            self._world.tell("refund", card=card.number, fen=own_fen, lapsed_fen=bonus_fen)
            card.is_retired, card.is_sane = True, False

        self._plan.on(day + 7, leaves)

    def untapped(self, day: int) -> None:
        """Somebody pays for a card and does not come for three days."""
        card = self._victim(day, 4, held=True)
        self._tops_up(card, 1000)
        self._world.injected("D15", f"card:{card.number}")

    # Machines.

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
        self._world.injected("D19", _of(self._pour(day, self._victim(day, 3), machine)))

    def without_clock(self, day: int) -> None:
        machine = self._machine(day, steady=2)
        fact = self._pour(day, self._victim(day, 3), machine, moment=None, clk="none")
        self._world.injected("D20", _of(fact))

    def reading_nothing(self, day: int) -> None:
        """A counter is reported as 0, the placeholder of a reading that was not taken."""
        machine = self._machine(day, steady=2)
        self._pour(day, self._victim(day, 3), machine)
        zero = {"total_n": 0, "total_fen": 0, "total_ml": 0}
        fact = self._pour(day, self._victim(day, 3), machine, **zero)
        self._world.injected("D28", _of(fact))

    # What they have in common.

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
            and (not held or card.number in self._house.customers)
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
        by_hand = card.number not in self._house.customers
        bonus_fen = self._house.tops_up(card.number, amount_fen, by_hand=by_hand)
        self._world.tell(
            "topup", card=card.number, fen=amount_fen, bonus_fen=bonus_fen, by_hand=by_hand
        )
        if card.kind == "id":
            card.chip_fen += amount_fen + bonus_fen
        return bonus_fen


def _of(fact: FactIn) -> str:
    return f"dev:{fact.device_id}:{fact.seq}"

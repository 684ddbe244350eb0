"""Cards that are not what they seem."""

from dataclasses import replace

from tapline.cards.facts import FactFlaw
from tapline.cards.proofs import Proof
from tests import factories
from tests.integration.year.incidents import THREE_CUPS, Incidents, named
from tests.integration.year.world import CUP_FEN, CUP_ML


class Chips(Incidents):
    """Copies, old images, forged balances, strangers."""

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
        self._world.injected("D16", named(fact))
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
        self._world.injected("D23", named(fact))

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

"""Histories of cards and machines with everything that goes wrong, for properties to shuffle."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from tapline.cards.facts import FactFlaw, FactIn
from tapline.cards.proofs import Proof
from tests import factories

DEVICES = ("A", "B", "C")
KNOWN = {"10000001": 400, "10000002": 700, "10000003": 500}
"""Cards of ours and what they opened with: little, so that they overspend."""
REPORTED = "10000003"
"""A card of ours that was reported lost before anything happened."""
UNKNOWN = "10000009"
CARDS = (*KNOWN, UNKNOWN)
VOUCHER_FEN = 200
"""What is leased to machine A to be written to the first card."""


class History:
    """A small world that goes wrong at random, reproducibly."""

    def __init__(self, rng: Random, voucher_id: str) -> None:
        self._rng = rng
        self._voucher_id = voucher_id
        self._seq = dict.fromkeys(DEVICES, 0)
        self._purse = {card_no: [0, KNOWN.get(card_no, 500)] for card_no in CARDS}
        self._past = {card_no: list(purse) for card_no, purse in self._purse.items()}
        self._totals = {device_id: [0, 0, 0] for device_id in DEVICES}
        self._now = factories.START
        self.facts: list[FactIn] = []

    def happen(self) -> None:
        """One more thing happens."""
        kinds = (self._pour, self._pour, self._dry, self._partial, self._twice, self._torn)
        rare = (self._contradiction, self._nonsense, self._copy, self._load, self._voucher)
        wicked = (self._lost, self._cloned, self._rolled_back, self._overloaded, self._forged)
        broken = (self._over, self._dear, self._leaking, self._miscounting, self._reading_nothing)
        clocks = (self._late, self._without_clock)
        self._now += timedelta(seconds=self._rng.choice((20, 90, 600)))
        self._rng.choice((*kinds, *rare, *wicked, *broken, *clocks))()

    def _pour(self, **changes: object) -> FactIn:
        return self._write(self._rng.choice(CARDS), self._rng.choice(DEVICES), **changes)

    def _dry(self) -> None:
        self._pour(ml=0, pulses=0, status="no_flow")

    def _partial(self) -> None:
        self._pour(ml=self._rng.choice((60, 700, 1349)), status="partial")

    def _twice(self) -> None:
        first = self._pour(ml=0, pulses=0, status="no_flow")
        self._now += timedelta(seconds=self._rng.choice((15, 59, 60)))
        assert first.card_no is not None
        self._write(first.card_no, first.device_id)

    def _load(self) -> None:
        self._pour(op="load", amt_fen=-self._rng.choice((50, 100)), ml=0, pulses=None)

    def _voucher(self) -> None:
        """What was leased is written, by its machine or another one, once or more."""
        card_no, device_id = next(iter(KNOWN)), self._rng.choice(DEVICES[:2])
        values = {"op": "load", "amt_fen": -VOUCHER_FEN, "ml": 0, "load_id": self._voucher_id}
        self._write(card_no, device_id, **values)

    def _lost(self) -> None:
        """The firmware forgets it for good."""
        self._pour()
        self.facts.pop()

    def _late(self) -> None:
        """A machine without a line for days."""
        self._pour(moment=factories.START - timedelta(hours=self._rng.choice((50, 800))))

    def _over(self) -> None:
        """More water than was paid for."""
        self._pour(amt_fen=100, ml=2000, ml_req=1500)

    def _dear(self) -> None:
        """Another price than the tariff's."""
        self._pour(amt_fen=150, ml=1500, ml_req=1500)

    def _leaking(self) -> None:
        """Water that nobody bought."""
        self._totals[self._rng.choice(DEVICES)][2] += 1000

    def _miscounting(self) -> None:
        """Counters move by an operation of which there is no record."""
        totals = self._totals[self._rng.choice(DEVICES)]
        totals[0] += 1
        totals[1] += 100

    def _reading_nothing(self) -> None:
        """A placeholder instead of a reading."""
        self._pour(total_n=0, total_fen=0, total_ml=0)

    def _without_clock(self) -> None:
        self._pour(moment=None, clk="none")

    def _cloned(self) -> None:
        """A copy of a card draws; the card itself knows nothing of it."""
        card_no = self._rng.choice(CARDS)
        purse = list(self._purse[card_no])
        self._write(card_no, self._rng.choice(DEVICES))
        self._purse[card_no] = purse

    def _rolled_back(self) -> None:
        """A card becomes what it once was; what it is now may be what it becomes later."""
        card_no = self._rng.choice(CARDS)
        self._purse[card_no], self._past[card_no] = (
            list(self._past[card_no]),
            list(self._purse[card_no]),
        )

    def _overloaded(self) -> None:
        """Somebody writes money to a card, with or without moving its counter."""
        purse = self._purse[self._rng.choice(CARDS)]
        purse[0] += self._rng.choice((0, 1))
        purse[1] += 500

    def _forged(self) -> None:
        """A charge that its card did not sign; the card was not there."""
        card_no, device_id = self._rng.choice(CARDS), self._rng.choice(DEVICES)
        fact = self._next(card_no, device_id)
        forged = replace(fact, flaw=FactFlaw.WRONG_PROOF, proof=Proof.WRONG, tac="00000000")
        self.facts.append(hashed(forged))

    def _torn(self) -> None:
        """Half of them were charged all the same; few know their counter."""
        card_no, device_id = self._rng.choice(CARDS), self._rng.choice(DEVICES)
        fact = self._next(card_no, device_id, ml=self._rng.choice((0, 700, 1500)), status="torn")
        if self._rng.random() < 0.5:
            self._purse[card_no] = [fact.atc, fact.bal_after_fen]  # type: ignore[list-item]
        atc = fact.atc if self._rng.random() < 0.3 else None
        self.facts.append(hashed(replace(fact, atc=atc, bal_after_fen=None)))

    def _contradiction(self) -> None:
        """A number used before comes with another content."""
        if self.facts:
            change = self._rng.choice(
                (
                    {"amt_fen": 900},
                    {"amt_fen": 70, "status": "torn", "bal_after_fen": None},
                    {"ml": 0, "pulses": 0},
                    {"card_no": self._rng.choice(CARDS)},
                    {"atc": self._rng.randint(1, 6)},
                )
            )
            fact = self._rng.choice(self.facts)
            self.facts.append(hashed(replace(fact, **change)))

    def _copy(self) -> None:
        """The same fact again; what was asked for may stand in one copy alone."""
        if self.facts:
            asked = self._rng.choice((None, 1500, 3000))
            self.facts.append(replace(self._rng.choice(self.facts), ml_req=asked))

    def _nonsense(self) -> None:
        """A cloned card or a broken memory: anything at all."""
        amounts = (0, 100, 200, 300, 400)
        self._seq[device_id := self._rng.choice(DEVICES)] += self._rng.randint(0, 1)
        fact = factories.fact(
            device_id,
            max(self._seq[device_id], 1),
            self._rng.choice(CARDS),
            atc=self._rng.choice((None, 1, 2, 3, 4)),
            before_fen=self._rng.choice(amounts),
            amt_fen=self._rng.choice(amounts),
            moment=self._now,
            ml=self._rng.choice((0, 700, 1500)),
            status=self._rng.choice(("ok", "torn", "reversed", "fault")),
        )
        self.facts.append(hashed(fact))

    def _write(self, card_no: str, device_id: str, **changes: object) -> FactIn:
        fact = hashed(self._next(card_no, device_id, **changes))
        self._purse[card_no] = [fact.atc, fact.bal_after_fen]  # type: ignore[list-item]
        self.facts.append(fact)
        return fact

    def _next(self, card_no: str, device_id: str, **changes: object) -> FactIn:
        atc, balance_fen = self._purse[card_no]
        self._seq[device_id] += 1
        amt_fen = self._rng.choice((100, 300))
        ml = 15 * amt_fen
        values = {"amt_fen": amt_fen, "ml": ml, "ml_req": ml, "moment": self._now} | changes
        values = self._counted(device_id, values) | values
        fact = factories.fact(
            device_id, self._seq[device_id], card_no, atc=atc + 1, before_fen=balance_fen, **values
        )
        return replace(fact, amt_fen=abs(fact.amt_fen))

    def _counted(self, device_id: str, values: dict[str, Any]) -> dict[str, int]:
        """The lifetime counters after it."""
        totals = self._totals[device_id]
        totals[0] += 1
        totals[1] += max(values["amt_fen"], 0)
        totals[2] += values["ml"]
        return dict(zip(("total_n", "total_fen", "total_ml"), totals, strict=True))


def hashed(fact: FactIn) -> FactIn:
    """The fact with the hash of its content, which leaves out what was asked for."""
    content = repr(replace(fact, content_hash=b"", ml_req=None))
    return replace(fact, content_hash=hashlib.sha256(content.encode()).digest())

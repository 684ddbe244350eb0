"""A physical world: cards as plastic, machines as iron, and a record of what really happened.

It knows nothing of what the platform makes of it: no reconciliation, no ledger. The record is told
in plain dictionaries, each with its kind under `t`, for an auditor to read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tapline.cards.facts import FactIn
from tests import factories

CUP_ML, CUP_FEN = 1500, 100
PULSES_PER_LITRE = 450

Truth = dict[str, Any]


def due_fen(asked_ml: int, came_ml: int, paid_fen: int) -> int:
    """What should have been paid for a pour: nothing for no water, its share for a part of it
    (a part of a fen is the customer's), the price of the cups for a whole one."""
    if came_ml < 50:
        return 0
    if came_ml * 10 < asked_ml * 9:
        return paid_fen * came_ml // asked_ml
    cups_fen = CUP_FEN * asked_ml // CUP_ML
    return cups_fen if paid_fen > cups_fen + 1 else paid_fen


@dataclass(slots=True)
class Plastic:
    """A card in somebody's hand: its own counter, and what its chip holds; of an `id` card, which
    has no chip, what its holder may still draw."""

    number: str
    kind: str
    chip_fen: int
    whose: str = "ours"
    """`ours`, `theirs` (an issuer's), `nobody's` (a number that nobody has issued)."""
    atc: int = 0
    quiet_until: int = 0
    """Until that day only what is planned happens to it."""
    is_retired: bool = False
    is_sane: bool = True
    """Whether nobody but our machines ever wrote to its chip."""


@dataclass(slots=True)
class Machine:
    """A dispenser: its numbering, its lifetime counters, and what it has not sent yet."""

    name: str
    seq: int = 0
    n: int = 0
    fen: int = 0
    ml: int = 0
    has_line: bool = True
    kept: list[FactIn] = field(default_factory=list)
    sent: list[FactIn] = field(default_factory=list)


class World:
    """Cards, machines, a clock that the caller moves, and the record."""

    def __init__(self, seed: int, machines: int) -> None:
        self.rng = Random(seed)
        self.machines = [Machine(f"WD-{n:04d}") for n in range(machines)]
        self.cards: list[Plastic] = []
        self.record: list[Truth] = []

    def tell(self, kind: str, **what: object) -> None:
        """Write down what really happened."""
        self.record.append({"t": kind} | what)

    def injected(self, code: str, subject: str) -> None:
        """Write down that something went wrong, and under which name it is to be found."""
        self.tell("inject", code=code, subject=subject)

    def pours(
        self,
        card: Plastic,
        machine: Machine,
        at: datetime | None,
        *,
        amt_fen: int = CUP_FEN,
        ml: int = CUP_ML,
        asked_ml: int = CUP_ML,
        payer: str | None = None,
        owed_fen: int | None = None,
        is_told: bool = True,
        **changes: object,
    ) -> FactIn:
        """Water is drawn and paid for; the machine writes the fact down, unless it forgets it."""
        has_chip = card.kind not in {"id", "qr"}
        before_fen = card.chip_fen
        card.chip_fen -= amt_fen
        if has_chip:
            card.atc += 1
        fact = self._writes(
            machine,
            card,
            at,
            amt_fen=amt_fen,
            ml=ml,
            ml_req=asked_ml,
            pulses=ml * PULSES_PER_LITRE // 1000,
            atc=card.atc if has_chip else None,
            before_fen=before_fen,
            **({} if has_chip else {"bal_before_fen": None, "bal_after_fen": None}),
            **changes,
        )
        self.tell(
            "pour",
            device=machine.name,
            seq=fact.seq,
            card=card.number,
            charged_fen=amt_fen,
            due_fen=due_fen(asked_ml, ml, amt_fen) if owed_fen is None else owed_fen,
            payer=payer or {"ours": "card", "theirs": "issuer"}.get(card.whose, "suspense"),
            is_told=is_told,
        )
        if is_told:
            machine.kept.append(fact)
        return fact

    def writes_voucher(
        self,
        card: Plastic,
        machine: Machine,
        at: datetime | None,
        amount_fen: int,
        load_id: str | None,
    ) -> FactIn:
        """Money is written to a chip."""
        card.atc += 1
        before_fen, card.chip_fen = card.chip_fen, card.chip_fen + amount_fen
        fact = self._writes(
            machine,
            card,
            at,
            op="load",
            load_id=load_id,
            amt_fen=amount_fen,
            atc=card.atc,
            before_fen=before_fen,
            bal_after_fen=card.chip_fen,
            ml=0,
            ml_req=0,
            pulses=0,
        )
        self.tell("load", device=machine.name, seq=fact.seq, card=card.number, fen=amount_fen)
        machine.kept.append(fact)
        return fact

    def tears(
        self, card: Plastic, machine: Machine, at: datetime | None, *, is_charged: bool
    ) -> FactIn:
        """The power fails, or the card is pulled: the machine does not know what became of it."""
        before_fen = card.chip_fen
        if is_charged:
            card.atc += 1
            card.chip_fen -= CUP_FEN
        fact = self._writes(
            machine,
            card,
            at,
            amt_fen=CUP_FEN,
            ml=CUP_ML if is_charged else 0,
            ml_req=CUP_ML,
            pulses=CUP_ML * PULSES_PER_LITRE // 1000 if is_charged else 0,
            atc=None,
            before_fen=before_fen,
            bal_after_fen=None,
            status="torn",
        )
        self.tell("torn", device=machine.name, seq=fact.seq)
        if is_charged:
            self.tell(
                "pour",
                device=machine.name,
                seq=fact.seq,
                card=card.number,
                charged_fen=CUP_FEN,
                due_fen=CUP_FEN,
                payer="card",
                is_told=True,
            )
        machine.kept.append(fact)
        return fact

    def is_seen_no_more(self, card: Plastic) -> None:
        """No sighting follows that could tell whether its last, torn debit was made."""
        torn = {(one["device"], one["seq"]) for one in self.record if one["t"] == "torn"}
        of_card = [one for one in self.record if one.get("card") == card.number and "seq" in one]
        last = next(reversed(of_card), None)
        if last is not None and (last["device"], last["seq"]) in torn:
            last["payer"] = "nobody"

    def sends(self, now: datetime) -> list[FactIn]:
        """What the machines with a line have kept; some of it is late by then."""
        told: list[FactIn] = []
        late = now - timedelta(hours=48)
        borne = {(one["device"], one["seq"]) for one in self._record_of("card")}
        for machine in self.machines:
            if machine.has_line:
                told += machine.kept
                machine.sent += machine.kept
                machine.kept.clear()
        for fact in told:
            if fact.moment is not None and fact.moment < late and fact.key in borne:
                self.injected("D13", f"dev:{fact.device_id}:{fact.seq}")
        return told

    def _record_of(self, payer: str) -> Iterator[Truth]:
        return (one for one in self.record if one["t"] == "pour" and one["payer"] == payer)

    def _writes(
        self, machine: Machine, card: Plastic, at: datetime | None, **values: Any
    ) -> FactIn:
        """The machine's next number; its counters move with what it did."""
        machine.seq += 1
        machine.n += 1
        if values.get("op") != "load":
            machine.fen += values["amt_fen"]
        machine.ml += values["ml"]
        if values.get("status") == "torn" and values["ml"] == 0:
            machine.fen -= values["amt_fen"]
        totals = {"total_n": machine.n, "total_fen": machine.fen, "total_ml": machine.ml}
        return factories.fact(
            machine.name,
            machine.seq,
            card.number,
            **({"moment": at, "card_kind": card.kind} | totals | values),
        )


@dataclass(slots=True)
class Plan:
    """What is going to happen, by day."""

    world: World
    of_day: dict[int, list[Callable[[int], None]]] = field(default_factory=dict)

    def on(self, day: int, act: Callable[[int], None]) -> None:
        self.of_day.setdefault(day, []).append(act)

    def has(self, day: int) -> bool:
        return day in self.of_day

    def of(self, day: int) -> Sequence[Callable[[int], None]]:
        return self.of_day.pop(day, [])


def moment(start: datetime, day: int, *, hours: float = 0, seconds: float = 0) -> datetime:
    return start + timedelta(days=day, hours=hours, seconds=seconds)

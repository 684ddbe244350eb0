"""What the rules of this room read: a machine's own account of each thing that it did."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tapline.cards.facts.rules import UNPROVEN


class Counter(StrEnum):
    """A lifetime counter: operations, money taken, water metered."""

    N = "n"
    FEN = "fen"
    ML = "ml"


class Sighting(NamedTuple):
    """One fact as its machine saw itself. Money in fen, water in ml."""

    seq: int
    boot: int
    moment: datetime | None
    """As the machine's clock says."""
    received_at: datetime
    clk: str | None
    off: bool
    """Whether it was written down without a connection."""
    op: str
    status: str
    amt_fen: int
    ml: int
    ml_req: int | None
    pulses: int | None
    total_n: int | None
    total_fen: int | None
    total_ml: int | None
    is_sure: bool
    """Whether no other content came under this number: of a disputed fact nothing is counted."""

    @property
    def is_debit(self) -> bool:
        return self.op == "debit"

    @property
    def is_proven(self) -> bool:
        """Whether the operation surely took place: machines differ in counting the others."""
        return self.status not in UNPROVEN

    def reading(self, counter: Counter) -> int | None:
        """What one of the counters stood at after it."""
        readings = {
            Counter.N: self.total_n,
            Counter.FEN: self.total_fen,
            Counter.ML: self.total_ml,
        }
        return readings[counter]

    def adds(self, counter: Counter) -> int:
        """What it adds to a counter, where the machine counts it."""
        if counter is Counter.N:
            return 1
        if counter is Counter.FEN:
            return self.amt_fen if self.is_debit else 0
        return self.ml


class Totals(NamedTuple):
    """The lifetime counters as last reported beside the facts."""

    n: int
    fen: int
    ml: int
    at: datetime
    is_settled: bool
    """Whether every fact that the machine had written by then has had time to arrive."""

    def reading(self, counter: Counter) -> int:
        return {Counter.N: self.n, Counter.FEN: self.fen, Counter.ML: self.ml}[counter]


def in_order(facts: Iterable[Sighting]) -> list[Sighting]:
    """As the machine wrote them."""
    return sorted(facts, key=lambda fact: fact.seq)

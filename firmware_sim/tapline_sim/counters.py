"""What a dispenser counts for its lifetime."""

from typing import Self

import msgspec
from msgspec import Struct

from tapline_gateway.protocol import Totals
from tapline_sim.scenario import Memory


class Counters(Struct, frozen=True, kw_only=True):
    """Lifetime counters. `boot` counts starts, `seq` facts, `upto` is the highest seq released
    with all before it, `evt_seq` counts events; `n`, `fen` and `ml` are the totals as on the wire.
    `dry_pours` counts those at a stuck valve; `stopped` is 1 while the sale is forbidden,
    by the platform or by itself; `unsafe` is then the event by which it said why, 0 where it did
    not stop by itself.
    """

    boot: int = 0
    seq: int = 0
    upto: int = 0
    evt_seq: int = 0
    n: int = 0
    fen: int = 0
    ml: int = 0
    dry_pours: int = 0
    stopped: int = 0
    unsafe: int = 0

    @classmethod
    def born(cls, memory: Memory) -> Self:
        """Of a dispenser that had done so much before."""
        return cls(upto=memory.seq, **msgspec.structs.asdict(memory))

    @property
    def totals(self) -> Totals:
        """The totals as the wire has them: money in fen, water in ml."""
        return Totals(n=self.n, fen=self.fen, ml=self.ml)

    def counting(self, *, charged_fen: int, ml: int) -> "Counters":
        """The counters after one more fact."""
        return msgspec.structs.replace(
            self, seq=self.seq + 1, n=self.n + 1, fen=self.fen + charged_fen, ml=self.ml + ml
        )

    def beside(self, *, charged_fen: int) -> "Counters":
        """The counters after a sale without a fact."""
        return msgspec.structs.replace(self, n=self.n + 1, fen=self.fen + charged_fen)

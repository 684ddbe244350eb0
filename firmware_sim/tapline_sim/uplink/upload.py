"""Store and forward: facts leave flash when the platform has signed for them, and not before."""

import hashlib
import time
from collections.abc import Callable
from random import Random
from typing import NamedTuple

import msgspec

from tapline_gateway.protocol import (
    BATCH_FACTS_MAX,
    FRAME_BYTES_MAX,
    Ack,
    Fact,
    Message,
    Nack,
    NackAct,
    NackCode,
    TxnBatch,
)
from tapline_sim.flash import Flash, Kept
from tapline_sim.reactor import Timer
from tapline_sim.world import World

PATIENCE_S = 4.0  # so long an answer may take before the batch is sent again
PATIENCE_MAX_S = 30.0
BATCH_BYTES_MAX = FRAME_BYTES_MAX - 256  # the rest is signature and envelope


class Flight(NamedTuple):
    """The batch on its way: the facts not answered yet, and the hash of its frame."""

    seqs: set[int]
    sha256: str


class Upload:
    """The facts of one device on their way: one batch in flight, oldest first."""

    def __init__(
        self,
        device_id: str,
        world: World,
        flash: Flash,
        *,
        publish: Callable[[Message], bytes | None],
        chance: Random,
    ) -> None:
        self._device_id = device_id
        self._world = world
        self._flash = flash
        self._publish = publish
        self._chance = chance
        self._flight: Flight | None = None
        self._timer: Timer | None = None
        self._batch_max = BATCH_FACTS_MAX
        self._unanswered = 0
        self._written_s: dict[int, float] = {}

    def start(self) -> None:
        """The connection is up: send what waits, also what was on its way before."""
        self._unanswered = 0
        self._next()

    def stop(self) -> None:
        """The connection is gone."""
        self._settle_down()

    def written(self, seq: int, parked: bool) -> None:
        """A new fact is in flash; send it unless something else is on its way.

        One that is late on purpose says nothing about how long releases take.
        """
        if not parked:
            self._written_s[seq] = time.monotonic()
        self.look()

    def look(self) -> None:
        """Something may have become ready to be sent."""
        if self._timer is None:
            self._next()

    def acked(self, ack: Ack) -> None:
        """A signed release: only this deletes facts."""
        seqs = {item.seq for item in ack.items}
        answered = set()
        with self._world.store.transaction():
            released = self._flash.release(ack.upto, seqs)
            for seq in released:
                self._world.mischief.released(self._device_id, seq)
            for item in ack.items:
                if self._world.mischief.answered(self._device_id, item.seq, item.verdict):
                    answered.add(item.seq)
        self._measure(released)
        if self._flight is not None:
            self._flight.seqs.difference_update(released, answered)
            if not self._flight.seqs:
                self._unanswered = 0
                self._next()

    def nacked(self, nack: Nack) -> None:
        """Advice about the batch in flight; it releases nothing."""
        if self._flight is None or nack.sha256 != self._flight.sha256:
            return
        concerned = set(nack.seqs) if nack.seqs else set(self._flight.seqs)
        if nack.code is NackCode.TOOBIG:
            self._batch_max = max(1, len(self._flight.seqs) // 2)
        if nack.act is NackAct.PARK:
            with self._world.store.transaction():
                for seq in concerned:
                    self._flash.park(seq)
                    self._written_s.pop(seq, None)
            self._flight.seqs.difference_update(concerned)
            if self._flight.seqs:
                return
        wait_s = 0 if nack.act is NackAct.PARK else nack.retry_s or 1
        self._settle_down()
        self._timer = self._world.reactor.after(self._jittered(wait_s), self._next)

    def _next(self) -> None:
        self._settle_down()
        kept = self._flash.oldest(self._batch_max)
        copies = [] if kept else self._world.mischief.copies(self._device_id, self._flash)
        facts = self._cut(kept) or copies[: self._batch_max]
        if not facts:
            return
        frame = self._publish(TxnBatch(boot=self._flash.counters.boot, facts=facts))
        if frame is None:
            return
        seqs = {fact.seq for fact in facts}
        with self._world.store.transaction():
            self._flash.mark_sent(min(seqs), max(seqs))
        self._flight = Flight(seqs, hashlib.sha256(frame).hexdigest())
        patience_s = min(PATIENCE_MAX_S, PATIENCE_S * 2**self._unanswered)
        self._unanswered += 1
        self._timer = self._world.reactor.after(self._jittered(patience_s), self._next)

    def _cut(self, kept: list[Kept]) -> list[Fact]:
        """As many of the oldest as fit a frame; a fact of an earlier boot says which."""
        facts: list[Fact] = []
        size = 0
        for boot, fact in kept:
            earlier = boot != self._flash.counters.boot
            facts.append(msgspec.structs.replace(fact, boot=boot) if earlier else fact)
            size += len(msgspec.json.encode(facts[-1])) + 1
            if size > BATCH_BYTES_MAX:
                return facts[:-1]
        return facts

    def _measure(self, released: set[int]) -> None:
        now_s = time.monotonic()
        for seq in released & self._written_s.keys():
            self._world.latencies.add(now_s - self._written_s.pop(seq))

    def _settle_down(self) -> None:
        self._flight = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _jittered(self, seconds: float) -> float:
        return seconds * self._chance.uniform(0.75, 1.25)

"""A desk in memory: what the service is over a database, without one."""

from collections.abc import Iterable

from tapline.routing.core import State, decide, fold
from tapline.routing.core import commands as c
from tapline.routing.core import events as e
from tapline.routing.core.commands import Command
from tapline.routing.core.record import GENESIS, Digest, Record, record, state_hash
from tapline.routing.core.values import Queue


class Desk:
    """Commands in, events kept; the clock is in the caller's hand."""

    def __init__(self, queues: Iterable[Queue] = (), *, seed: int = 0) -> None:
        self.state = State(seed=seed)
        self.now_ms = 0
        self.log: list[Record] = []
        self.events: list[e.RoutingEvent] = []
        for queue in queues:
            self.do(c.PutQueue(queue))

    def do(self, command: Command, *, after_ms: int = 0) -> list[e.RoutingEvent]:
        """Submit `command`, `after_ms` later than the last one."""
        self.now_ms += after_ms
        decided = decide(self.state, command, self.now_ms)
        self.state = fold(self.state, decided)
        if decided:
            head = self.log[-1].hash if self.log else GENESIS
            self.log.append(record(len(self.log) + 1, head, self.now_ms, command, decided))
            self.events += decided
        return decided

    def digest(self) -> Digest:
        head = self.log[-1].hash if self.log else GENESIS
        return Digest(len(self.log), head.hex(), state_hash(self.state))

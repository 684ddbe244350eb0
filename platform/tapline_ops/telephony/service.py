"""The exchange on the wall clock: every act is one transaction on its memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from tapline import clock
from tapline.hotline import PortEvent
from tapline_ops.telephony import mischief
from tapline_ops.telephony.lines import Exchange
from tapline_ops.telephony.repository import Memory
from tapline_ops.telephony.switchboard import Switchboard

Done = TypeVar("Done")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wall_ms() -> int:
    """Now, as the exchange counts."""
    return (clock.now() - _EPOCH) // timedelta(milliseconds=1)


class Telephony:
    """Lets people and platform act on the exchange, and time pass in it."""

    def __init__(self, memory: Memory, *, seed: int, mischief_percent: int) -> None:
        self.memory = memory
        self._seed = seed
        self._mischief_percent = mischief_percent

    def act(self, do: Callable[[Switchboard], Done]) -> Done:
        """Let time catch up, then do it; what it makes the exchange tell is on its way after."""
        with self._switchboard() as switchboard:
            switchboard.advance(wall_ms())
            return do(switchboard)

    def pass_time(self) -> None:
        """Do what is due by now."""
        with self.memory.transaction():
            next_ms = Switchboard(self.memory.exchange(), lambda _: None).next_due_ms()
        if next_ms is not None and next_ms <= wall_ms():
            self.act(lambda _: None)

    def look(self) -> Exchange:
        """All lines, to be shown."""
        with self.memory.transaction():
            return self.memory.exchange()

    @contextmanager
    def _switchboard(self) -> Iterator[Switchboard]:
        with self.memory.transaction():
            exchange = self.memory.exchange()
            told: list[PortEvent] = []
            yield Switchboard(exchange, told.append)
            self.memory.keep(exchange)
            for event in told:
                self._post(event)

    def _post(self, event: PortEvent) -> None:
        number, body = int(event.id.rpartition("-")[2]), msgspec.json.encode(event)
        for delay_ms in mischief.delays_ms(self._seed, number, self._mischief_percent):
            self.memory.post(body, wall_ms() + delay_ms)

"""What time it is: told to whoever asks now, and not too often."""

import time
from collections.abc import Callable, Iterable, Iterator

from tapline_gateway.link import Arrival
from tapline_gateway.protocol import TimeAnswer, TimeRequest
from tapline_gateway.reading import Answer, Letter, Reading

BURST = 6
EVERY_MS = 10_000
"""So often a machine is answered in the long run; `BURST` times at once after a silence."""
WAITED_MS_MAX = 5_000
"""A question that lay here longer is not answered: its sender has asked again, or given up."""


def wall_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Timekeeper:
    """Answers questions for the time; `now_ms` is the wall clock that it tells."""

    def __init__(self, now_ms: Callable[[], int] = wall_ms) -> None:
        self._now_ms = now_ms
        self._free_at: dict[str, int] = {}

    def answers(self, read: Iterable[tuple[Arrival, Reading | None]]) -> Iterator[Answer]:
        """The answers to the questions among `read`; each says when it was asked for, by us."""
        for arrival, reading in read:
            if isinstance(reading, Letter) and isinstance(reading.message, TimeRequest):
                now_ms = self._now_ms()
                fresh = now_ms - arrival.at_ms <= WAITED_MS_MAX and not arrival.retained
                if fresh and self._admits(reading.device_id, now_ms):
                    yield _answer(reading, reading.message, arrival.at_ms, now_ms)

    def _admits(self, device_id: str, now_ms: int) -> bool:
        """A leaky bucket: each answer fills it by `EVERY_MS`, and it holds `BURST` of them."""
        free_at = max(self._free_at.get(device_id, 0), now_ms)
        if free_at - now_ms > (BURST - 1) * EVERY_MS:
            return False
        self._free_at[device_id] = free_at + EVERY_MS
        return True


def _answer(letter: Letter, asked: TimeRequest, came_ms: int, now_ms: int) -> Answer:
    told = TimeAnswer(req=asked.req, t0_ms=asked.t0_ms, t1_ms=came_ms, t2_ms=now_ms)
    return Answer(letter.tenant_id, letter.device_id, told)

"""What the plan has begun and the world still has to finish, across restarts."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec
from msgspec import Struct

from tapline_gateway.protocol import Fact
from tapline_sim.plan import Deed
from tapline_sim.store import Store


class Stage(StrEnum):
    """How far a duty has come."""

    AWAITS_SEQUEL = "awaits_sequel"  # not visible to anybody yet, and not told as injected
    AWAITS_PLATFORM = "awaits_platform"  # told as injected; ends when the platform has reacted


class Duty(Struct, frozen=True, kw_only=True):
    """One begun deed on one fact. `copy` is what is published beside the true fact, where the deed
    is to publish something.
    """

    deed: Deed
    device_id: str
    seq: int
    card: str
    stage: Stage
    copy: Fact | None = None


class Duties:
    """All open duties, at most one a fact; methods write inside the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        rows = store.rows("SELECT body FROM duty ORDER BY device_id, seq")
        duties = [msgspec.json.decode(body, type=Duty) for (body,) in rows]
        self._open = {(duty.device_id, duty.seq): duty for duty in duties}

    def __iter__(self) -> Iterator[Duty]:
        return iter(list(self._open.values()))

    def __len__(self) -> int:
        return len(self._open)

    def on(self, device_id: str, seq: int) -> Duty | None:
        """The duty about one fact."""
        return self._open.get((device_id, seq))

    def of_device(self, device_id: str) -> list[Duty]:
        """The duties about facts of one device."""
        return [duty for duty in self._open.values() if duty.device_id == device_id]

    def of_card(self, card: str) -> list[Duty]:
        """The duties about pours of one card."""
        return [duty for duty in self._open.values() if duty.card == card]

    def save(self, duty: Duty) -> None:
        """Begin a duty, or take it to another stage."""
        self._store.run(
            "INSERT INTO duty (device_id, seq, body) VALUES (?, ?, ?)"
            " ON CONFLICT (device_id, seq) DO UPDATE SET body = excluded.body",
            duty.device_id,
            duty.seq,
            msgspec.json.encode(duty),
        )
        self._open[duty.device_id, duty.seq] = duty

    def end(self, duty: Duty) -> None:
        """The duty is done, or cannot be done any more."""
        self._store.run(
            "DELETE FROM duty WHERE device_id = ? AND seq = ?", duty.device_id, duty.seq
        )
        self._open.pop((duty.device_id, duty.seq), None)

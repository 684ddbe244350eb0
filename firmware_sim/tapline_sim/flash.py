"""A dispenser's own memory: what survives its reboots, kept until the platform releases it."""

from typing import NamedTuple, Self

import msgspec
from msgspec import Struct

from tapline_gateway.protocol import CommandStatus, DeviceEvent, Fact, Totals
from tapline_sim.cardlist import HeldList
from tapline_sim.scenario import Memory
from tapline_sim.settings import HeldSettings
from tapline_sim.store import Store

COMMANDS_REMEMBERED = 64
_BLANK = Memory()


class Counters(Struct, frozen=True, kw_only=True):
    """Lifetime counters. `boot` counts starts, `seq` facts, `upto` is the highest seq released
    with all before it, `evt_seq` counts events; `n`, `fen` and `ml` are the totals as on the wire.
    `dry_pours` counts those at a stuck valve; `stopped` is 1 while the platform forbids the sale.
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


class Kept(NamedTuple):
    """A fact in flash, and the boot that wrote it."""

    boot: int
    fact: Fact


class Flash:
    """The memory of one device, as `memory` says where the store knows none. Its methods
    write inside the caller's transaction."""

    def __init__(self, store: Store, device_id: str, memory: Memory = _BLANK) -> None:
        self._store = store
        self._device_id = device_id
        body = store.value("SELECT body FROM device WHERE device_id = ?", device_id)
        self.counters = (
            Counters.born(memory) if body is None else msgspec.json.decode(body, type=Counters)
        )
        body = store.value("SELECT body FROM card_list WHERE device_id = ?", device_id)
        self.held = HeldList() if body is None else msgspec.json.decode(body, type=HeldList)

        body = store.value("SELECT body FROM settings WHERE device_id = ?", device_id)
        self.settings = (
            HeldSettings() if body is None else msgspec.json.decode(body, type=HeldSettings)
        )

    def count(self, **changed: int) -> None:
        """Set lifetime counters by name."""
        self._save(msgspec.structs.replace(self.counters, **changed))

    def write(self, fact: Fact, counters: Counters, *, parked: bool = False) -> None:
        """Keep a fact; `counters` are those after it. Parked, it waits until it is asked for."""
        self._store.run(
            "INSERT INTO fact (device_id, seq, boot, body, parked) VALUES (?, ?, ?, ?, ?)",
            self._device_id,
            fact.seq,
            counters.boot,
            msgspec.json.encode(fact),
            parked,
        )
        self._save(counters)

    def oldest(self, limit: int) -> list[Kept]:
        """The oldest facts to be delivered; parked ones are not."""
        rows = self._store.rows(
            "SELECT boot, body FROM fact WHERE device_id = ? AND NOT parked ORDER BY seq LIMIT ?",
            self._device_id,
            limit,
        )
        return [Kept(boot, msgspec.json.decode(body, type=Fact)) for boot, body in rows]

    def holds(self, seq: int) -> bool:
        """Whether this fact is still kept."""
        return self._store.value(*self._where("SELECT 1 FROM fact WHERE {}", seq, seq)) is not None

    def mark_sent(self, first: int, last: int) -> None:
        """Remember that facts have left at least once."""
        statement = "UPDATE fact SET sent = 1 WHERE {} AND NOT parked AND NOT sent"
        self._store.run(*self._where(statement, first, last))

    def park(self, seq: int) -> None:
        """Keep a fact back until it is asked for."""
        self._store.run(*self._where("UPDATE fact SET parked = 1 WHERE {}", seq, seq))

    def unpark(self, first: int, last: int) -> list[int]:
        """Deliver a range again; the seqs of it that are still kept, in order."""
        self._store.run(*self._where("UPDATE fact SET parked = 0 WHERE {}", first, last))
        query = self._where("SELECT seq FROM fact WHERE {} ORDER BY seq", first, last)
        return [seq for (seq,) in self._store.rows(*query)]

    def lose(self, seq: int) -> None:
        """A fact is gone from memory, without having been released."""
        self._store.run(*self._where("DELETE FROM fact WHERE {}", seq, seq))

    def release(self, upto: int, seqs: set[int]) -> set[int]:
        """Delete what was released: all up to `upto`, and `seqs`. Returns what was deleted."""
        covered = self._store.rows(*self._where("SELECT seq FROM fact WHERE {}", 0, upto))
        gone = {seq for (seq,) in covered} | {seq for seq in seqs if self.holds(seq)}
        for seq in gone:
            self._store.run(*self._where("DELETE FROM fact WHERE {}", seq, seq))
        if upto > self.counters.upto:
            self.count(upto=upto)
        return gone

    def raise_event(self, code: str, *, ts: str, **data: int) -> None:
        """Keep an event under the next `evt_seq` until it is acknowledged."""
        counters = self.counters
        event = DeviceEvent(
            boot=counters.boot, evt_seq=counters.evt_seq + 1, ts=ts, code=code, data=data
        )
        self._store.run(
            "INSERT INTO event (device_id, evt_seq, body) VALUES (?, ?, ?)",
            self._device_id,
            event.evt_seq,
            msgspec.json.encode(event),
        )
        self.count(evt_seq=event.evt_seq)

    def events(self) -> list[DeviceEvent]:
        """The events that were not acknowledged yet, oldest first."""
        rows = self._store.rows(
            "SELECT body FROM event WHERE device_id = ? ORDER BY evt_seq", self._device_id
        )
        return [msgspec.json.decode(body, type=DeviceEvent) for (body,) in rows]

    def release_events(self, upto: int) -> None:
        """Forget events that are stored elsewhere now."""
        self._store.run(
            "DELETE FROM event WHERE device_id = ? AND evt_seq <= ?", self._device_id, upto
        )

    def hold(self, held: HeldList) -> None:
        """Keep another version of the list of blocked cards."""
        self._store.run(
            "INSERT INTO card_list (device_id, body) VALUES (?, ?)"
            " ON CONFLICT (device_id) DO UPDATE SET body = excluded.body",
            self._device_id,
            msgspec.json.encode(held),
        )
        self.held = held

    def set(self, settings: HeldSettings) -> None:
        """Keep another version of the settings."""
        self._store.run(
            "INSERT INTO settings (device_id, body) VALUES (?, ?)"
            " ON CONFLICT (device_id) DO UPDATE SET body = excluded.body",
            self._device_id,
            msgspec.json.encode(settings),
        )
        self.settings = settings

    def answer_to(self, cmd: str) -> CommandStatus | None:
        """What was answered to a command, None when it is new."""
        body = self._store.value(
            "SELECT body FROM command WHERE device_id = ? AND cmd = ?", self._device_id, cmd
        )
        return None if body is None else msgspec.json.decode(body, type=CommandStatus)

    def remember(self, status: CommandStatus) -> None:
        """Keep the answer to a command; only the last 64 are kept."""
        self._store.run(
            "INSERT INTO command (device_id, cmd, body) VALUES (?, ?, ?)"
            " ON CONFLICT (device_id, cmd) DO UPDATE SET body = excluded.body",
            self._device_id,
            status.cmd,
            msgspec.json.encode(status),
        )
        self._store.run(
            "DELETE FROM command WHERE device_id = ?1 AND id NOT IN"
            " (SELECT id FROM command WHERE device_id = ?1 ORDER BY id DESC LIMIT ?2)",
            self._device_id,
            COMMANDS_REMEMBERED,
        )

    def _save(self, counters: Counters) -> None:
        self._store.run(
            "INSERT INTO device (device_id, body) VALUES (?, ?)"
            " ON CONFLICT (device_id) DO UPDATE SET body = excluded.body",
            self._device_id,
            msgspec.json.encode(counters),
        )
        self.counters = counters

    def _where(self, statement: str, first: int, last: int) -> tuple[str, str, int, int]:
        condition = "device_id = ? AND seq BETWEEN ? AND ?"
        return statement.format(condition), self._device_id, first, last

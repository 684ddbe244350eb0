"""A dispenser's own memory: what survives its reboots, kept until the platform releases it.

Everything stands in cells of two slots (`double_slot`), so that power may go at any byte. A fact is
burned before the counters that count it; found whole beyond them, it counts all the same. What is
released is remembered before it is erased.
"""

from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import msgspec

from tapline_gateway.protocol import CommandStatus, DeviceEvent, Fact
from tapline_sim.cardlist import HeldList
from tapline_sim.counters import Counters
from tapline_sim.double_slot import Cell, Fuse, PowerCutError
from tapline_sim.identity import Identity
from tapline_sim.scenario import Memory
from tapline_sim.settings import HeldSettings
from tapline_sim.store import Store

COMMANDS_REMEMBERED = 64
_BLANK = Memory()
_FACTS = "SELECT count(*) FROM fact"
_EVENTS = "SELECT count(*) FROM event"


class Kept(NamedTuple):
    """A fact in flash, and the boot that wrote it."""

    boot: int
    fact: Fact


_Value = TypeVar("_Value")


class Flash:
    """The memory of one device, as `memory` says where the store knows none. Its methods
    write inside the caller's transaction; `fuse` is what lets them."""

    def __init__(self, store: Store, device_id: str, memory: Memory = _BLANK) -> None:
        self._store = store
        self._device_id = device_id
        self._memory = memory
        self.load()

    def load(self) -> None:
        """Read what is there, as after any loss of power."""
        self.fuse = Fuse()
        self.counters = self._read("counters", Counters) or Counters.born(self._memory)
        self.held = self._read("list", HeldList) or HeldList()
        self.settings = self._read("settings", HeldSettings) or HeldSettings()
        self.identity = self._read("identity", Identity)
        self._events = self._count(_EVENTS)
        self._recover()
        self.kept = self._count(_FACTS)

    def count(self, **changed: int) -> None:
        """Set lifetime counters by name."""
        self._save(msgspec.structs.replace(self.counters, **changed))

    def write(self, fact: Fact, counters: Counters, *, parked: bool = False) -> None:
        """Keep a fact; `counters` are those after it. Parked, it waits until it is asked for."""
        self._burn_fact(fact, counters.boot, parked=parked)
        self._save(counters)

    def tear(self, fact: Fact, after_bytes: int) -> None:
        """Burn another version of a fact, and lose the power after so many bytes of it."""
        self.fuse.left = after_bytes
        with suppress(PowerCutError):
            self._burn_fact(fact, self.counters.boot, parked=False)

    def oldest(self, limit: int) -> list[Kept]:
        """The oldest facts to be delivered; parked ones are not."""
        if not self.kept:
            return []
        rows = self._store.rows(
            "SELECT boot, a, b FROM fact WHERE device_id = ? AND NOT parked ORDER BY seq LIMIT ?",
            self._device_id,
            limit,
        )
        return [Kept(boot, _fact(Cell(a, b))) for boot, a, b in rows]

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
        self._erase(seq)

    def release(self, upto: int, seqs: set[int]) -> set[int]:
        """Delete what was released: all up to `upto`, and `seqs`. Returns what was deleted."""
        covered = self._store.rows(*self._where("SELECT seq FROM fact WHERE {}", 0, upto))
        gone = {seq for (seq,) in covered} | {seq for seq in seqs if self.holds(seq)}
        if upto > self.counters.upto:
            self.count(upto=upto)
        for seq in gone:
            self._erase(seq)
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
        self._events += 1
        self.count(evt_seq=event.evt_seq)

    def events(self) -> list[DeviceEvent]:
        """The events that were not acknowledged yet, oldest first."""
        if not self._events:
            return []
        rows = self._store.rows(
            "SELECT body FROM event WHERE device_id = ? ORDER BY evt_seq", self._device_id
        )
        return [msgspec.json.decode(body, type=DeviceEvent) for (body,) in rows]

    def release_events(self, upto: int) -> None:
        """Forget events that are stored elsewhere now."""
        self._store.run(
            "DELETE FROM event WHERE device_id = ? AND evt_seq <= ?", self._device_id, upto
        )
        self._events = self._count(_EVENTS)

    def hold(self, held: HeldList) -> None:
        """Keep another version of the list of blocked cards."""
        self._burn("list", held)
        self.held = held

    def set(self, settings: HeldSettings) -> None:
        """Keep another version of the settings."""
        self._burn("settings", settings)
        self.settings = settings

    def become(self, identity: Identity, *, moved: bool = False) -> None:
        """Keep another key and login. `moved` to another operator, the list of cards and the
        settings of the one before are forgotten."""
        if moved:
            self.hold(HeldList())
            self.set(HeldSettings())
        self._burn("identity", identity)
        self.identity = identity

    def secret(self, name: str, fresh: bytes) -> bytes:
        """Some bytes that are made once: `fresh` where none were yet."""
        kept = self._read(name, bytes)
        if kept is None:
            self._burn(name, fresh)
        return kept or fresh

    def image(self) -> list[tuple[Any, ...]]:
        """What stands in the cells, to be put back one day by somebody who should not."""
        return self._store.rows("SELECT name, a, b FROM cell WHERE device_id = ?", self._device_id)

    def roll_back(self, image: list[tuple[Any, ...]]) -> None:
        """Put an old image over the cells; facts that are kept go with the rest."""
        self._store.run("DELETE FROM cell WHERE device_id = ?", self._device_id)
        self._store.run("DELETE FROM fact WHERE device_id = ?", self._device_id)
        for row in image:
            self._store.run("INSERT INTO cell VALUES (?, ?, ?, ?)", self._device_id, *row)

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
        self._burn("counters", counters)
        self.counters = counters

    def _read(self, name: str, kind: type[_Value]) -> _Value | None:
        value = self._cell(name).value
        return None if value is None else msgspec.json.decode(value, type=kind)

    def _cell(self, name: str) -> Cell:
        rows = self._store.rows(
            "SELECT a, b FROM cell WHERE device_id = ? AND name = ?", self._device_id, name
        )
        return Cell(*rows[0]) if rows else Cell()

    def _burn(self, name: str, value: object) -> None:
        cell, whole = self._cell(name).burned(msgspec.json.encode(value), self.fuse)
        self._store.run(
            "INSERT OR REPLACE INTO cell (device_id, name, a, b) VALUES (?, ?, ?, ?)",
            self._device_id,
            name,
            *cell,
        )
        if not whole:
            raise PowerCutError

    def _burn_fact(self, fact: Fact, boot: int, *, parked: bool) -> None:
        rows = self._store.rows(*self._where("SELECT a, b FROM fact WHERE {}", fact.seq, fact.seq))
        before = Cell(*rows[0]) if rows else Cell()
        cell, whole = before.burned(msgspec.json.encode(fact), self.fuse)
        self._store.run(
            "INSERT INTO fact (device_id, seq, boot, a, b, parked) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (device_id, seq) DO UPDATE SET a = excluded.a, b = excluded.b",
            self._device_id,
            fact.seq,
            boot,
            *cell,
            parked,
        )
        if not whole:
            raise PowerCutError
        self.kept += not rows

    def _erase(self, seq: int) -> None:
        if not self.fuse.pass_through(1):
            raise PowerCutError
        self.kept -= self._store.run(*self._where("DELETE FROM fact WHERE {}", seq, seq))

    def _recover(self) -> None:
        """After a power cut: forget what is torn or was released, count what is whole."""
        if self._count(_FACTS) == 0:
            return
        upto, head = self.counters.upto, self.counters.seq
        self._store.run(*self._where("DELETE FROM fact WHERE {}", 0, upto))
        for seq, a, b in self._store.rows(
            "SELECT seq, a, b FROM fact WHERE device_id = ? AND seq > ? ORDER BY seq",
            self._device_id,
            head,
        ):
            if Cell(a, b).value is None:
                self._store.run(*self._where("DELETE FROM fact WHERE {}", seq, seq))
            else:
                tot = _fact(Cell(a, b)).tot
                now = self.counters
                self.count(
                    seq=seq,
                    n=max(now.n, tot.n if tot else 0),
                    fen=max(now.fen, tot.fen if tot else 0),
                    ml=max(now.ml, tot.ml if tot else 0),
                )

    def _count(self, query: str) -> int:
        return int(self._store.value(f"{query} WHERE device_id = ?", self._device_id))

    def _where(self, statement: str, first: int, last: int) -> tuple[str, str, int, int]:
        condition = "device_id = ? AND seq BETWEEN ? AND ?"
        return statement.format(condition), self._device_id, first, last


def _fact(cell: Cell) -> Fact:
    value = cell.value
    assert value is not None, "torn facts are gone since the start"
    return msgspec.json.decode(value, type=Fact)

"""Decisions as they are written down: chained by hash, and read back to decide them again."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tapline.routing.core.commands import Command
from tapline.routing.core.decide import decide
from tapline.routing.core.events import RoutingEvent
from tapline.routing.core.evolve import fold
from tapline.routing.core.state import State

ENGINE = 1
"""Raise it when `decide` learns to decide otherwise: what was decided before stays as it was."""

GENESIS = bytes(32)
"""What the first decision follows."""


@dataclass(frozen=True, slots=True)
class Record:
    """One decision as plain JSON values; `seq` counts from 1."""

    seq: int
    at_ms: int
    engine: int
    command: dict[str, Any]
    events: list[Any]
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Digest:
    """What a log comes to. Two logs with the same digest decided the same."""

    seq: int
    head: str
    """Hash of the last record, over all before it."""
    state: str
    """Hash of the state that the log folds to."""


@dataclass(frozen=True, slots=True)
class Replay:
    digest: Digest
    state: State
    differs_at: int | None
    """The first record that is altered, missing, or would be decided otherwise now."""


def record(
    seq: int, previous_hash: bytes, at_ms: int, command: Command, events: Sequence[RoutingEvent]
) -> Record:
    """The record that follows the one with `previous_hash`."""
    plain, outcome = msgspec.to_builtins(command), msgspec.to_builtins(events)
    found = _hash(previous_hash, [seq, at_ms, ENGINE, plain, outcome])
    return Record(seq, at_ms, ENGINE, plain, outcome, previous_hash, found)


def works(events: Iterable[RoutingEvent]) -> list[str]:
    """The works that these events are about, sorted."""
    named = set()
    for event in events:
        work = getattr(event, "work", None)
        named.add(work.work_id if work is not None else getattr(event, "work_id", ""))
    return sorted(named - {""})


def read_events(stored: list[Any]) -> list[RoutingEvent]:
    return msgspec.convert(stored, list[RoutingEvent])


def replay(start: State, records: Iterable[Record]) -> Replay:
    """Fold `records` upon `start`, and check that each is whole and would be decided again."""
    state, head, seq = start, GENESIS, 0
    differs_at: int | None = None
    for entry in records:
        seq += 1
        if differs_at is None and not _stands(state, entry, seq, head):
            differs_at = seq
        state, head = fold(state, read_events(entry.events)), entry.hash
    return Replay(Digest(seq, head.hex(), state_hash(state)), state, differs_at)


def state_hash(state: State) -> str:
    """Of the whole state, whatever order its mappings were filled in."""
    return hashlib.sha256(written(state)).hexdigest()


def written(state: State) -> bytes:
    """The state as canonical JSON."""
    return msgspec.json.encode(state, order="deterministic")


def _stands(state: State, entry: Record, seq: int, head: bytes) -> bool:
    content = [entry.seq, entry.at_ms, entry.engine, entry.command, entry.events]
    if (entry.seq, entry.previous_hash, entry.hash) != (seq, head, _hash(head, content)):
        return False
    if entry.engine != ENGINE:
        return True
    command: Command = msgspec.convert(entry.command, Command)
    again = decide(state, command, entry.at_ms)
    return _canonical(msgspec.to_builtins(again)) == _canonical(entry.events)


def _hash(previous_hash: bytes, content: list[object]) -> bytes:
    return hashlib.sha256(previous_hash + _canonical(content)).digest()


def _canonical(plain: object) -> bytes:
    """JSON that a database's own order of keys does not change."""
    return msgspec.json.encode(plain, order="deterministic")

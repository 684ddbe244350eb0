"""The exchange's memory: one SQLite file that survives whatever kills the process."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import msgspec

from tapline_ops.telephony.lines import Exchange

_KEPT = 1000
"""Deliveries remembered after they arrived."""


class Delivery(NamedTuple):
    """An event on its way."""

    number: int
    body: bytes
    due_at_ms: int
    attempts: int
    answer: str | None


class Memory:
    """Use it inside `transaction`, from any thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._sqlite = sqlite3.connect(
            folder / "telephony.sqlite", isolation_level=None, check_same_thread=False
        )
        self._sqlite.execute("pragma journal_mode = wal")
        self._sqlite.executescript((resources.files(__package__) / "schema.sql").read_text())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        with self._lock, self._sqlite:
            self._sqlite.execute("begin immediate")
            yield

    def close(self) -> None:
        """Let the file go."""
        self._sqlite.close()

    def exchange(self) -> Exchange:
        """The state of all lines; an empty one at first."""
        row = self._sqlite.execute("select state from exchange").fetchone()
        return Exchange(now_ms=0) if row is None else msgspec.json.decode(row[0], type=Exchange)

    def keep(self, exchange: Exchange) -> None:
        self._sqlite.execute(
            "insert or replace into exchange (one, state) values (1, ?)",
            (msgspec.json.encode(exchange),),
        )

    def post(self, body: bytes, due_at_ms: int) -> None:
        """Let an event be delivered then."""
        self._sqlite.execute(
            "insert into delivery (body, due_at_ms) values (?, ?)", (body, due_at_ms)
        )

    def due(self, now_ms: int) -> Sequence[Delivery]:
        rows = self._sqlite.execute(
            "select number, body, due_at_ms, attempts, answer from delivery"
            " where not done and due_at_ms <= ? order by due_at_ms, number limit 50",
            (now_ms,),
        )
        return [Delivery(*row) for row in rows]

    def settle(self, number: int, *, answer: str, retry_at_ms: int | None) -> None:
        """Write down how a delivery went; without a moment to try again it is done."""
        self._sqlite.execute(
            "update delivery set attempts = attempts + 1, answer = ?, done = ?,"
            " due_at_ms = coalesce(?, due_at_ms) where number = ?",
            (answer, retry_at_ms is None, retry_at_ms, number),
        )
        self._sqlite.execute("delete from delivery where done and number < ?", (number - _KEPT,))

    def undelivered(self) -> int:
        """How many events are still on their way."""
        row = self._sqlite.execute("select count(*) from delivery where not done").fetchone()
        return int(row[0])

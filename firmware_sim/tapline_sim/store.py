"""The file in which a fleet survives its own end: one SQLite database in the state folder.

Everything that happens to the simulated world is one transaction here, so a process killed at any
moment restarts in a world where each pour has happened entirely or not at all.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any


class StoreError(Exception):
    """The state folder cannot be used; the message says what to do."""


class Store:
    """One fleet's state folder, held exclusively; single-threaded."""

    def __init__(self, state_dir: Path) -> None:
        state_dir.mkdir(parents=True, exist_ok=True)
        self._lock = (state_dir / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise StoreError(
                f"another fleet runs in {state_dir}; stop it, or choose another state folder"
            ) from error
        self._db = sqlite3.connect(state_dir / "fleet.sqlite3", isolation_level=None)
        # WAL with NORMAL survives the death of the process; only a power cut could take the last
        # transactions, and then the whole simulated world goes back together.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(files("tapline_sim").joinpath("store.sql").read_text("utf-8"))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; opened where something happens, never inside another."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def run(self, statement: str, *values: object) -> int:
        """Execute a statement; the number of rows that it changed."""
        return self._db.execute(statement, values).rowcount

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._db.execute(query, values).fetchall()

    def value(self, query: str, *values: object) -> Any:
        """The single value of a query, None without a row."""
        row = self._db.execute(query, values).fetchone()
        return None if row is None else row[0]

    def close(self) -> None:
        """Close the file and let go of the folder."""
        self._db.close()
        self._lock.close()

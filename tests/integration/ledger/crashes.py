"""A process that dies between two statements, at the driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from tapline.uow import Database


class Crashing:
    """Counts the driver's calls, commits among them, and cuts the connection at one of them.

    Even positions are before a call, odd ones after it: a commit that was cut off after it is
    done, and nobody was told.
    """

    def __init__(self, position: int) -> None:
        self.happened = False
        self._left = position

    def call(self, connection: Any, call: Any, *arguments: Any) -> None:
        self._pass(connection)
        call(*arguments)
        self._pass(connection)

    def _pass(self, connection: Any) -> None:
        self._left -= 1
        if self._left == -1:
            self.happened = True
            connection.close()
            raise psycopg.OperationalError("the connection is closed")


@contextmanager
def crash_at(database: Database, position: int) -> Iterator[Crashing]:
    """Cut the connection at the `position`th moment between two calls of the driver."""
    crashing = Crashing(position)
    dialect = database.engine.dialect
    commit = dialect.do_commit

    def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        crashing.call(cursor.connection, cursor.execute, statement, parameters)
        return True

    def commit_or_crash(connection: Any) -> None:
        crashing.call(connection.dbapi_connection, commit, connection)

    event.listen(database.engine, "do_execute", execute)
    dialect.do_commit = commit_or_crash  # type: ignore[method-assign, assignment]
    try:
        yield crashing
    finally:
        event.remove(database.engine, "do_execute", execute)
        del dialect.do_commit

"""A process that dies between two statements, at the driver."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from tapline.errors import TaplineError
from tapline.uow import Database, UnitOfWork

Work = Callable[[UnitOfWork], object]


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

    def execute_many(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        crashing.call(cursor.connection, cursor.executemany, statement, parameters)
        return True

    def commit_or_crash(connection: Any) -> None:
        crashing.call(connection.dbapi_connection, commit, connection)

    event.listen(database.engine, "do_execute", execute)
    event.listen(database.engine, "do_executemany", execute_many)
    dialect.do_commit = commit_or_crash  # type: ignore[method-assign, assignment]
    try:
        yield crashing
    finally:
        event.remove(database.engine, "do_execute", execute)
        event.remove(database.engine, "do_executemany", execute_many)
        del dialect.do_commit


def killed_everywhere(database: Database, work: Work) -> Iterator[int]:
    """Kill the process at each moment of `work` in turn and start it again, until it gets through.

    What a kill leaves behind is there when the next one starts: nothing, or all of it.
    """
    for position in count():
        with crash_at(database, position) as crashing:
            try:
                with database.transaction() as uow:
                    work(uow)
            except DBAPIError:
                assert crashing.happened
            except TaplineError:
                assert not crashing.happened  # it was done before: this is what one is told
        if not crashing.happened:
            return
        yield position

"""Running one piece of work as one transaction, again where the database asks for it."""

import random
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from tapline.uow import Database, UnitOfWork

Done = TypeVar("Done")

_TRIES = 5
_AGAIN = frozenset({"40001", "40P01", "23505"})
"""Serialization failure, deadlock, and a key that another transaction took in the same moment."""


def transact(database: Database, work: Callable[[UnitOfWork], Done]) -> Done:
    """Run `work` in a transaction; when it collides with another one, from the start again."""
    for attempt in range(1, _TRIES + 1):
        try:
            with database.transaction() as uow:
                done = work(uow)
        except DBAPIError as error:
            if attempt == _TRIES or getattr(error.orig, "sqlstate", None) not in _AGAIN:
                raise
            time.sleep(random.uniform(0, 0.025 * 2**attempt))  # noqa: S311 (no secret)
        else:
            return done
    raise AssertionError("the last try returns or raises")


def transact_each(database: Database, works: Mapping[str, Callable[[UnitOfWork], object]]) -> None:
    """Run each piece of work, by its name, in a transaction; one that fails holds up no other.

    Raises:
        ExceptionGroup: what failed, once all have had their turn.
    """
    failures = []
    for name, work in works.items():
        try:
            transact(database, work)
        except Exception as error:
            error.add_note(f"while at {name}")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(works)} failed", failures)

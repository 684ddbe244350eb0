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


def transact_each(
    database: Database, works: Mapping[str, Callable[[UnitOfWork], object]], *, turn_s: float = 0
) -> None:
    """Run each piece of work, by its name, in a transaction; one that fails holds up no other.

    With a turn, works say whether they have more to do: those run again, one after the other,
    until it is over.

    Raises:
        ExceptionGroup: what failed, once all have had their turn.
    """
    ends_at, failures, left = time.monotonic() + turn_s, [], dict(works)
    while left:
        for name, work in list(left.items()):
            try:
                more = transact(database, work)
            except Exception as error:
                error.add_note(f"while at {name}")
                failures.append(error)
                more = False
            if not more:
                del left[name]
        if time.monotonic() >= ends_at:
            break
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(works)} failed", failures)

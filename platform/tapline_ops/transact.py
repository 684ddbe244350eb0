"""Running one piece of work as one transaction, again where the database asks for it."""

import random
import time
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from tapline.uow import Database, UnitOfWork

_TRIES = 5
_AGAIN = frozenset({"40001", "40P01", "23505"})
"""Serialization failure, deadlock, and a key that another transaction took in the same moment."""


def transact(database: Database, work: Callable[[UnitOfWork], None]) -> None:
    """Run `work` in a transaction; when it collides with another one, from the start again."""
    for attempt in range(_TRIES):
        try:
            with database.transaction() as uow:
                work(uow)
        except DBAPIError as error:
            if attempt == _TRIES - 1 or getattr(error.orig, "sqlstate", None) not in _AGAIN:
                raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 (no secret)
        else:
            return

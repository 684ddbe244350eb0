"""Opening a database, with every table known.

SQLAlchemy follows foreign keys when it writes: a process that had imported one context alone would
fail on the first row that points into another.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import tapline.metadata  # noqa: F401 (registers every model)
from tapline.uow import Database


def connect(url: str, *, pool_size: int = 5) -> Database:
    """A pool of connections to `url`; the caller closes it.

    A process opens it when it is about to work, and what it has loaded by then stays: the collector
    need not walk through it again and again, which was a third of the time that posting takes us.
    """
    gc.freeze()
    return Database(url, pool_size=pool_size)


@contextmanager
def connected(url: str) -> Iterator[Database]:
    """The same for as long as the block lasts."""
    database = connect(url)
    try:
        yield database
    finally:
        database.close()

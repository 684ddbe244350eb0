from collections.abc import Callable, Sequence

from tapline import clock
from tapline.devices.evictions.model import Eviction
from tapline.devices.evictions.repository import EvictionRepository
from tapline.uow import Database, UnitOfWork

_AT_ONCE = 100
_FAILURE_MAX = 200


class EvictionError(Exception):
    """The broker did not obey; the message says what it said."""


Kick = Callable[[str], None]
"""Cuts a client off; one that is not there is cut off. Raises `EvictionError`."""


def ask(uow: UnitOfWork, *, client_id: str) -> None:
    """Have a client cut off once this transaction commits."""
    EvictionRepository(uow).ask(client_id, clock.now())


def carry_out(database: Database, kick: Kick) -> int:
    """Cut off whoever is due, with no transaction open meanwhile; how many were.

    Whom the broker does not cut off stays due.
    """
    with database.transaction() as uow:
        due = EvictionRepository(uow).due(_AT_ONCE)
    done = 0
    for client_id, asked_at in due:
        failure = None
        try:
            kick(client_id)
        except EvictionError as error:
            failure = str(error)[:_FAILURE_MAX]
        with database.transaction() as uow:
            EvictionRepository(uow).mark(
                client_id,
                asked_at,
                moment=None if failure else clock.now(),
                failure=failure,
            )
        done += failure is None
    return done


def failing(uow: UnitOfWork) -> Sequence[Eviction]:
    """Those that the broker would not cut off so far."""
    return EvictionRepository(uow).failing()

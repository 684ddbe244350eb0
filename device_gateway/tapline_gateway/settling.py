"""Messages whose sender is known, or refused ones, into one transaction.

One that makes us fail is set aside, kept as it came, and harms no other.
"""

import logging
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from tapline.devices import Vault, messages
from tapline.uow import Database
from tapline_gateway.handlers import handle
from tapline_gateway.reading import Answer, Letter, Reading, Refused

log = logging.getLogger(__name__)

_CONFLICT_RETRIES = 5
_TRANSIENT = {"40001", "40P01"}  # serialization failure, deadlock


def settle(database: Database, vault: Vault, readings: Sequence[Reading]) -> list[Answer]:
    """Commit what the messages say, all together where that works, else each alone.

    When it returns, each is stored or set aside, and may be acknowledged.

    Returns:
        what to tell devices that speak our own language.

    Raises:
        OperationalError, InterfaceError: the database is away; do it again.
    """
    try:
        return _commit(database, vault, readings)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(readings) == 1:
            return _set_aside(database, vault, readings[0])
        # One of them is poison. Alone it harms nobody.
        return [answer for one in readings for answer in settle(database, vault, [one])]


def _commit(database: Database, vault: Vault, readings: Sequence[Reading]) -> list[Answer]:
    letters = [one for one in readings if isinstance(one, Letter)]
    refusals = [one for one in readings if isinstance(one, Refused)]
    foreign = {one.device_id for one in letters if one.vendor is not None}
    for attempt in range(_CONFLICT_RETRIES + 1):
        try:
            with database.transaction() as uow:
                messages.bury(uow, [one.refusal for one in refusals])
                answers = handle(uow, letters, vault)
        except DBAPIError as error:
            if attempt == _CONFLICT_RETRIES or not _may_pass(error):
                raise
        else:
            own = [answer for answer in answers if answer.device_id not in foreign]
            return own + [one.answer for one in refusals if one.answer]
    raise AssertionError("unreachable")


def _set_aside(database: Database, vault: Vault, reading: Reading) -> list[Answer]:
    """Keep a message that made us fail, and tell its device to park it."""
    log.exception("message set aside")
    if isinstance(reading, Letter):
        reading = reading.parked("the platform failed on it; it is kept for a person")
    return _commit(database, vault, [reading])


def _may_pass(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when tried again at once."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _TRANSIENT or isinstance(error, IntegrityError)

"""When machines are due, what a label says, and what a visit has to show. Pure."""

from datetime import date, timedelta
from urllib.parse import urlsplit

from tapline.errors import ConflictError, InvalidError

LEAD = timedelta(days=1)
"""A visit is on somebody's route from the day before on."""


def next_due(first_on: date, last_done: date | None, every_days: int) -> date:
    """The day of the next visit; none is due before the plan's first day."""
    if last_done is None:
        return first_on
    return max(first_on, last_done + timedelta(days=every_days))


def replanned(due_on: date, next_due: date, today: date) -> date:
    """The day of a visit that was due on `due_on` when its plan was changed, and would be due on
    `next_due` by what it is now. One that was late stays so, and none becomes it."""
    return min(due_on, next_due) if next_due <= today else next_due


def device_named(code: str) -> str:
    """The machine that a label names: its number as typed, or the address in its QR code."""
    path = urlsplit(code.strip()).path.rstrip("/")
    return path.rpartition("/")[2].strip().upper()


def check_label(code: str, device_id: str) -> None:
    """Make sure that somebody stands at the right machine.

    Raises:
        InvalidError: nothing was read.
        ConflictError: it is another machine's label.
    """
    named = device_named(code)
    if not named:
        raise InvalidError("scan the label, or type the machine's number")
    if named != device_id.upper():
        raise ConflictError(f"this is {named}; the visit is at {device_id}")


def check_photos(photos: int, photos_min: int) -> None:
    """Refuse a visit that shows too little.

    Raises:
        InvalidError: photos are missing.
    """
    if photos < photos_min:
        raise InvalidError(f"take at least {photos_min} photos: they are the evidence")

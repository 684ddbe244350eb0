"""Who graduates, and what is told to those whose money nobody has taken. Pure."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tapline.errors import InvalidError


class Candidate(NamedTuple):
    """A student's card as it stands before it is given up."""

    student_id: UUID
    student_no: str
    name: str
    class_name: str
    card_no: str
    balance_fen: int
    has_holder: bool
    is_disputed: bool
    """Whether a finding about the card waits for a person: its refund is not decided in bulk."""


class Unclaimed(NamedTuple):
    """Money of somebody who has left, that could not be paid. It never lapses."""

    graduation_id: UUID
    card_no: str
    student_no: str
    name: str
    class_name: str
    phone: str | None
    owed_fen: int
    why: str
    """`no_holder`, `failed`, `no_route`."""
    reminders: int
    reminded_at: datetime | None


def check_selection(class_name: str | None, graduates_by: date | None) -> None:
    """Refuse to take the whole school for graduates."""
    if not class_name and graduates_by is None:
        raise InvalidError("choose a class, a day of graduation, or both")


def is_reminder_due(
    reminders: int, last: datetime | None, now: datetime, *, most: int, every_days: int
) -> bool:
    """Whether somebody is to be told once more that his money waits."""
    if reminders >= most:
        return False
    return last is None or now - last >= timedelta(days=every_days)

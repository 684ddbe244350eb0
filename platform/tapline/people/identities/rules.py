"""What the number of a document can be, and what it says. Pure."""

import re
from datetime import date

from tapline.errors import InvalidError
from tapline.people.identities.model import Document

ADULT_AGE = 18
CHILD_AGE = 14
"""Data of a younger one is sensitive: PIPL 28, 31."""

_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_PASSPORT = re.compile(r"[A-Z0-9]{6,12}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def document_number(document: Document, text: str) -> str:
    """The number as it is printed, however it was written.

    A resident's number (identity card and residence permit) ends in a check character:
    GB 11643-1999.

    Raises:
        InvalidError: it cannot be one.
    """
    number = re.sub(r"[\s-]", "", text).upper()
    if document is Document.PASSPORT:
        if not _PASSPORT.fullmatch(number):
            raise InvalidError("a passport number has 6 to 12 letters and digits")
        return number
    if not _RESIDENT.fullmatch(number) or _check(number) != number[-1] or not born_on(number):
        raise InvalidError("this is no resident's number: read all 18 characters again")
    return number


def born_on(number: str) -> date | None:
    """The day of birth in a resident's number; None where it names none."""
    try:
        return date.fromisoformat(number[6:14])
    except ValueError:
        return None


def age(born: date, today: date) -> int:
    """In full years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _check(number: str) -> str:
    digits = zip(number, _WEIGHTS, strict=False)
    return _CHECKS[sum(int(digit) * weight for digit, weight in digits) % 11]

"""Whether a file may be taken, and what it says. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tapline import ledger
from tapline.errors import ConflictError, InvalidError
from tapline.sharing.consents import digest_of
from tapline.sharing.documents import Content

_AHEAD = timedelta(minutes=5)
"""Clocks of two houses differ a little."""


class Movement(NamedTuple):
    """One posting; what it changed, and what the card was worth after it, in fen."""

    day: date
    kind: str
    change_fen: int
    worth_fen: int


def check(
    content: Content, *, own_key: str, code: str, now: datetime, today: date, age_max: timedelta
) -> None:
    """Refuse what was not made for us, or is not what it says.

    Raises:
        InvalidError: it is another operator's, not as it was sealed, or the code is another's.
        ConflictError: it is too old, or its consent has ended.
    """
    if content.receiver.key != own_key:
        raise InvalidError(
            f"this file was made for {content.receiver.name}, and is not ours to read"
        )
    if digest_of(code) != content.extract.get("card"):
        raise InvalidError(
            "the code is not the one of this file: ask the customer to show it again"
        )
    if content.made_at.tzinfo is None or content.made_at > now + _AHEAD:
        raise InvalidError("it says that it was made later than now: look at both clocks")
    if now - content.made_at > age_max:
        raise ConflictError(f"it is older than {age_max.days} days: ask for a new one")
    if content.agreed.ends_on < today:
        raise ConflictError(f"the customer's consent ended on {content.agreed.ends_on}")
    if differences := ledger.check(content.extract, content.head.hash):
        raise InvalidError(f"it is not as it was sealed: {differences[0]}")


def movements(content: Content) -> Iterator[Movement]:
    """What an extract that was checked says, oldest first; without holds, which change nothing."""
    worth = _worth({name: one[1] for name, one in content.extract["opening"].items()})
    for one in content.extract["journals"]:
        changes = {"receivable": 0}
        for entry in one["entries"]:
            if not entry["held"]:
                changes[entry["account"]] = changes.get(entry["account"], 0) + entry["change"]
        if change := _worth(changes):
            worth += change
            yield Movement(date.fromisoformat(one["day"]), one["kind"], change, worth)


def opening_fen(content: Content) -> int:
    """What the card was worth before the first movement."""
    return _worth({name: one[1] for name, one in content.extract["opening"].items()})


def _worth(by_account: dict[str, int]) -> int:
    """All of it less what is owed."""
    return sum(by_account.values()) - 2 * by_account["receivable"]

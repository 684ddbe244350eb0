"""What may be announced, and what of a calendar is new. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline.errors import InvalidError

_DAYS_MAX = 400
WORDS_MAX = 200


class Span(NamedTuple):
    """A time without use, `ends_at` not included; None: without a known end."""

    began_at: datetime
    ends_at: datetime | None
    words: str


def check(span: Span) -> None:
    """Refuse what cannot be a closure.

    Raises:
        InvalidError: it ends before it begins, lasts for years, or nobody says why.
    """
    if not 1 <= len(span.words.strip()) <= WORDS_MAX:
        raise InvalidError(f"say why in 1 to {WORDS_MAX} characters, e.g. 寒假")
    if span.ends_at is None:
        return
    if span.ends_at <= span.began_at:
        raise InvalidError("it ends before it begins: check the days")
    if span.ends_at - span.began_at > timedelta(days=_DAYS_MAX):
        raise InvalidError(f"longer than {_DAYS_MAX} days: leave the end open instead")


def in_force(
    began_at: datetime, ends_at: datetime | None, withdrawn_at: datetime | None, at: datetime
) -> bool:
    """Whether it covers `at`."""
    return withdrawn_at is None and began_at <= at and (ends_at is None or at < ends_at)


def difference(kept: Iterable[Span], wanted: Iterable[Span]) -> tuple[set[Span], set[Span]]:
    """What is to be withdrawn, and what is to be announced."""
    before, after = set(kept), set(wanted)
    return before - after, after - before

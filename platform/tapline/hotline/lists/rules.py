"""Which entry speaks for a number. Pure."""

from collections.abc import Iterable

from tapline.hotline.lists.model import CallerEntry, ListKind


def deciding(entries: Iterable[CallerEntry]) -> CallerEntry | None:
    """Of the entries that fit one number, the one that counts.

    A whole number before a beginning, a longer beginning before a shorter one, white before
    black: a blocked segment must not swallow a customer named as important.
    """
    return min(entries, key=_rank, default=None)


def _rank(entry: CallerEntry) -> tuple[bool, bool, int, str]:
    is_prefix = entry.pattern.endswith("*")
    return is_prefix, entry.kind is ListKind.BLACK, -len(entry.pattern), entry.pattern

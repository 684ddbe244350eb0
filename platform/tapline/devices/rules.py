"""What a device may be called, and how far a numbered stream has come. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
_RESERVED = ("gateway", "claim-")


def is_device_id(text: str) -> bool:
    """Whether a device may log in to the broker under this name, which is its client id too.

    Under the gateway's it would take the gateway's session: makers name devices in their lists.
    """
    return bool(_NAME.fullmatch(text)) and not text.startswith(_RESERVED)


@dataclass(frozen=True, slots=True)
class Progress:
    """A stream's state: everything up to `upto` is stored or lost, the highest stored is `head`."""

    upto: int
    head: int

    @property
    def has_gap(self) -> bool:
        return self.upto < self.head


Run = tuple[int, int]
"""First and last number of a run, both included."""


def advanced(progress: Progress, stored: Collection[int], lost: Sequence[Run]) -> Progress:
    """Move `upto` over numbers that are stored or declared lost.

    Args:
        progress: where the stream stood.
        stored: the numbers beyond `progress.upto` that are stored, in any order.
        lost: runs that the device declared gone.
    """
    present = set(stored)
    upto = progress.upto
    while True:
        if upto + 1 in present:
            upto += 1
        elif (end := _lost_through(upto + 1, lost)) is not None:
            upto = end
        else:
            break
    return Progress(
        upto, max(progress.head, *present, upto) if present else max(progress.head, upto)
    )


def _lost_through(number: int, lost: Sequence[Run]) -> int | None:
    ends = [last for first, last in lost if first <= number <= last]
    return max(ends, default=None)


def missing_runs(upto: int, head: int, stored: Iterable[int], lost: Sequence[Run]) -> list[Run]:
    """The runs between `upto` and `head` that are neither stored nor declared lost."""
    runs: list[Run] = []
    expected = upto + 1
    for number in sorted(n for n in set(stored) if upto < n <= head):
        runs += _without_lost(expected, number - 1, lost)
        expected = number + 1
    return runs


def _without_lost(first: int, last: int, lost: Sequence[Run]) -> list[Run]:
    runs: list[Run] = []
    while first <= last:
        end = _lost_through(first, lost)
        if end is not None:
            first = end + 1
            continue
        starts = [begin for begin, _ in lost if first < begin <= last]
        stop = min(starts, default=last + 1) - 1
        runs.append((first, stop))
        first = stop + 1
    return runs

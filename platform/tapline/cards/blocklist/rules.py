"""How a machine comes from the list that it keeps to the newest. Pure."""

from collections.abc import Collection
from typing import NamedTuple, Self

CHANGE_CARDS_MAX = 400
"""So many card numbers of 32 characters fit a frame of 16 KiB."""


class Step(NamedTuple):
    """From the list of version `base` (0: from none at all) to that of `version`."""

    base: int
    version: int


class Change(NamedTuple):
    """A step in card numbers, sorted; `cards` is the whole list that it leads to."""

    step: Step
    add: list[str]
    remove: list[str]
    cards: list[str]

    @classmethod
    def between(cls, step: Step, before: Collection[str], after: Collection[str]) -> Self:
        """The change from the list of one version to that of another."""
        add, remove = set(after) - set(before), set(before) - set(after)
        return cls(step, sorted(add), sorted(remove), sorted(after))


def next_step(kept: int, newest: int, cards: int) -> Step:
    """The next change for a machine that keeps version `kept`, of at most `CHANGE_CARDS_MAX` cards;
    `cards` is the length of the newest list.

    A version changes one card. Who is too far behind gets the whole list, and where that does not
    fit either, as many versions as do.
    """
    if newest - kept <= CHANGE_CARDS_MAX:
        return Step(kept, newest)
    if cards <= CHANGE_CARDS_MAX:
        return Step(0, newest)
    return Step(kept, kept + CHANGE_CARDS_MAX)

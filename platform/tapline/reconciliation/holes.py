"""Where in a card's own trail there is room for what it did at other operators' machines. Pure.

A pour takes from a purse, so whatever one did in a hole lies between the balances around it.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Hole(NamedTuple):
    """Positions of a card's counter of which nothing is known, and its balance around them, in fen;
    None where that is not known."""

    first: int
    last: int
    left_fen: int | None
    met_fen: int | None

    @property
    def is_bounded(self) -> bool:
        """Whether the balances on both sides are known."""
        return self.left_fen is not None and self.met_fen is not None

    def allows(self, atc: int, before_fen: int, after_fen: int) -> bool:
        """Whether nothing that is known contradicts a pour at `atc`, inside the hole."""
        return self._begins(atc, before_fen) and self._ends(atc, after_fen)

    def _begins(self, atc: int, before_fen: int) -> bool:
        if self.left_fen is None:
            return True
        return before_fen == self.left_fen if atc == self.first else before_fen <= self.left_fen

    def _ends(self, atc: int, after_fen: int) -> bool:
        if self.met_fen is None:
            return True
        return after_fen == self.met_fen if atc == self.last else after_fen >= self.met_fen


def around(atc: int, among: Iterable[Hole]) -> Hole | None:
    """The hole that a position lies in."""
    return next((one for one in among if one.first <= atc <= one.last), None)


def without(
    among: Iterable[Hole], hole: Hole, atc: int, before_fen: int, after_fen: int
) -> list[Hole]:
    """The holes that are left when a pour at `atc` fills its place in one of them."""
    rest = [one for one in among if one != hole]
    if hole.first < atc:
        rest.append(Hole(hole.first, atc - 1, hole.left_fen, before_fen))
    if atc < hole.last:
        rest.append(Hole(atc + 1, hole.last, after_fen, hole.met_fen))
    return rest

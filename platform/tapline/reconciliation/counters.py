"""D08, D09, D10, D11: what a card's counter and balance say of operations nobody told us of.

A counter that leaps was moved by machines whose records are not here. Until those can have come
that is all there is to say; then the balances on both sides say what it was worth: less on the
card than the chain had left (D11), or more (D10). A balance that changes while the counter does
not was written by somebody else (D09).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from tapline.devices import Assurance
from tapline.reconciliation.chain import Chain, Version
from tapline.reconciliation.judgement import LostSpan


class Mark(NamedTuple):
    """What is known of a card right before and right after one position; unknown where several
    operations claim it."""

    atc: int
    met_fen: int | None
    left_fen: int | None
    moment: datetime | None
    seen_at: datetime | None
    """When it became known; none for the opening."""
    assurance: Assurance = Assurance.CARD
    """How well it is known; the opening is our own word."""


@dataclass(frozen=True, slots=True)
class Leap:
    """Two marks with nothing known between them."""

    before: Mark
    after: Mark

    @property
    def assurance(self) -> Assurance:
        """How well both of its sides are known: as well as the weaker one."""
        return max(self.before.assurance, self.after.assurance)

    @property
    def missing(self) -> int:
        """How many operations are not known."""
        return self.after.atc - self.before.atc - 1

    @property
    def drawn_fen(self) -> int | None:
        """What they took from the card in all (below zero: gave to it), where that is known."""
        if self.before.left_fen is None or self.after.met_fen is None:
            return None
        return self.before.left_fen - self.after.met_fen

    def is_explained(self, lost: Iterable[LostSpan]) -> bool:
        """Whether machines lost facts for good about then, enough of them."""
        first, last = self.before.moment, self.after.moment
        if last is None:
            return False
        between = (
            span.facts
            for span in lost
            if (span.after is None or span.after <= last)
            and (span.before is None or first is None or span.before >= first)
        )
        return sum(between) >= self.missing


def marks(chain: Chain, charged: Mapping[int, Version]) -> list[Mark]:
    """The known positions of a card since its opening, ascending, that first where it is known.

    `charged` are torn debits that turned out to be done, by the position that they followed.
    """
    known = {atc: _mark(atc, chain.at(atc)) for atc in chain.positions}
    for place, torn in charged.items():
        if torn.bal_before_fen is not None:
            left_fen = torn.bal_before_fen - torn.amt_fen
            known[place + 1] = Mark(
                place + 1,
                torn.bal_before_fen,
                left_fen,
                torn.moment,
                torn.received_at,
                torn.assurance,
            )
    if (opening := chain.opening) is not None:
        known[opening.atc] = Mark(opening.atc, None, opening.fen, None, None)
    since = opening.atc if opening else 0
    return [known[atc] for atc in sorted(known) if atc >= since]


def _mark(atc: int, versions: Sequence[Version]) -> Mark:
    seen_at = min(version.received_at for version in versions)
    if len(versions) != 1:
        return Mark(atc, None, None, None, seen_at)
    (only,) = versions
    return Mark(atc, only.bal_before_fen, only.bal_after_fen, only.moment, seen_at, only.assurance)


def leaps(known: Sequence[Mark], disputed: Collection[int]) -> list[Leap]:
    """The holes in a card's chain. A position in dispute is no hole: something is known of it."""
    pairs = (Leap(before, after) for before, after in pairwise(known))
    return [
        leap
        for leap in pairs
        if leap.missing > 0 and not any(leap.before.atc < atc < leap.after.atc for atc in disputed)
    ]


def broken(known: Sequence[Mark]) -> list[Leap]:
    """Where a card met something else than its last operation had left."""
    pairs = (Leap(before, after) for before, after in pairwise(known))
    return [leap for leap in pairs if leap.missing == 0 and leap.drawn_fen]

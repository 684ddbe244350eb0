"""D09: two operations at one position of a card's counter. The chain excludes what it can."""

from typing import NamedTuple

from tapline.reconciliation.chain import Chain, FactKey, Opening, Version
from tapline.reconciliation.decisions.rules import Ruling, operation


class Rivals(NamedTuple):
    """The operations that one position of a counter names, and which of them the chain leaves."""

    atc: int
    versions: tuple[Version, ...]
    left: tuple[Version, ...]
    by_person: bool = False
    """Whether somebody said which is left."""

    @property
    def unproven(self) -> list[FactKey]:
        """Those that nobody is billed for: excluded, or not told from one another."""
        stands = self.left if len(self.left) == 1 else ()
        return [version.key for version in self.versions if version not in stands]

    def ruled(self, ruling: Ruling | None) -> "Rivals":
        """The same, with what a person said of just these operations."""
        by_name = {operation(version.key): version for version in self.versions}
        if ruling is None or not ruling.holds_for(by_name):
            return self
        chosen = by_name.get(ruling.choice)
        return Rivals(self.atc, self.versions, (chosen,) if chosen else (), by_person=True)


def rivals(chain: Chain) -> list[Rivals]:
    """Every position of a card at which there is more than one operation, ascending.

    A rival is excluded where it contradicts a known neighbour that another rival fits: what was
    left before it, or what was met after it. Exclusions work on in both directions until nothing
    changes, each round from the state of the one before, so no order plays a part.
    """
    left = {atc: tuple(chain.at(atc)) for atc in chain.positions}
    crowded = [atc for atc, versions in left.items() if len(versions) > 1]
    changed = bool(crowded)
    while changed:
        fitting = {atc: _fitting(atc, left, chain.opening) for atc in crowded}
        changed = any(len(fitting[atc]) < len(left[atc]) for atc in crowded)
        left |= fitting
    return [
        Rivals(atc, tuple(sorted(chain.at(atc), key=lambda one: one.key)), left[atc])
        for atc in crowded
    ]


def _fitting(
    atc: int, left: dict[int, tuple[Version, ...]], opening: Opening | None
) -> tuple[Version, ...]:
    """Those that contradict no neighbour; all, where each does."""
    before = {one.bal_after_fen for one in left.get(atc - 1, ())}
    if opening is not None and atc == opening.atc + 1:
        before = {opening.fen}
    after = {one.bal_before_fen for one in left.get(atc + 1, ())}
    fitting = tuple(
        one
        for one in left[atc]
        if (not before or one.bal_before_fen in before)
        and (not after or one.bal_after_fen in after)
    )
    return fitting or left[atc]

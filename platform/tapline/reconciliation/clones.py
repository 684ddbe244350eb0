"""D09: two operations at one position of a card's counter. The chain excludes what it can."""

from typing import NamedTuple

from tapline.reconciliation.chain import Chain, FactKey, Version


class Rivals(NamedTuple):
    """The operations that one position of a counter names, and which of them the chain leaves."""

    atc: int
    versions: tuple[Version, ...]
    left: tuple[Version, ...]

    @property
    def unproven(self) -> list[FactKey]:
        """Those that nobody is billed for: excluded, or not told from one another."""
        stands = self.left if len(self.left) == 1 else ()
        return [version.key for version in self.versions if version not in stands]


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
        fitting = {atc: _fitting(atc, left, chain.opened_fen) for atc in crowded}
        changed = any(len(fitting[atc]) < len(left[atc]) for atc in crowded)
        left |= fitting
    return [
        Rivals(atc, tuple(sorted(chain.at(atc), key=lambda one: one.key)), left[atc])
        for atc in crowded
    ]


def _fitting(
    atc: int, left: dict[int, tuple[Version, ...]], opened_fen: int | None
) -> tuple[Version, ...]:
    """Those that contradict no neighbour; all, where each does."""
    before = {one.bal_after_fen for one in left.get(atc - 1, ())}
    if atc == 1 and opened_fen is not None:
        before = {opened_fen}
    after = {one.bal_before_fen for one in left.get(atc + 1, ())}
    fitting = tuple(
        one
        for one in left[atc]
        if (not before or one.bal_before_fen in before)
        and (not after or one.bal_after_fen in after)
    )
    return fitting or left[atc]

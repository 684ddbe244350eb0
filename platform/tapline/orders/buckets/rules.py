"""How far a customer's deposits reach. Pure.

A deposit covers one bucket for good: an empty goes back against each full one, and only buckets
beyond those covered cost a new deposit. Deposits change over the years; given back are the oldest.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deposits:
    """Where a customer stands. Amounts in fen; holds for refunds under way are subtracted."""

    deposit_fen: int
    """Of delivered orders; what open orders will need is not part of it."""
    buckets: int
    """Ours at his home; negative when he gave back more than we knew of."""
    covered: int
    """How many buckets the deposit is for."""
    returnable_fen: int
    """What is his to take back, because that many buckets are with us again."""

    @property
    def owed(self) -> int:
        """Empties that should have come back and did not."""
        return max(0, self.buckets - self.covered)


def standing(
    deposit_fen: int, buckets: int, paid: Sequence[int], *, exchanged: int = 0
) -> Deposits:
    """Judge a balance; `paid` are the single deposits ever in use, newest first, in fen.

    `exchanged` full buckets are ordered against empties: whoever gave those back already needs
    the deposits for the full ones.
    """
    kept = _kept(deposit_fen, paid)
    free_fen = deposit_fen - sum(kept[: max(0, buckets, exchanged)])
    return Deposits(deposit_fen, buckets, len(kept), free_fen if buckets <= len(kept) else 0)


def _kept(deposit_fen: int, paid: Sequence[int]) -> list[int]:
    """The newest deposits that the balance still holds: the others were given back."""
    kept, left_fen = [], deposit_fen
    for each_fen in paid:
        if each_fen > left_fen:
            break
        kept.append(each_fen)
        left_fen -= each_fen
    return kept


def to_pay(quantity: int, covered: int) -> int:
    """For how many full buckets a deposit is due: for one covered an empty is exchanged."""
    return max(0, quantity - covered)

"""How an issuer's debt comes about. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


class Position(NamedTuple):
    """What became of one settlement. Amounts in fen."""

    settlement_id: UUID
    payable_fen: int
    """Its total less the issuer's commission."""
    given_up_fen: int
    """Less by resolved breaks, with their commission."""
    paid_fen: int
    in_break_fen: int
    """Of what is open, what the issuer does not accept so far."""

    @property
    def open_fen(self) -> int:
        return self.payable_fen - self.given_up_fen - self.paid_fen


@dataclass(frozen=True, slots=True)
class Explanation:
    """An issuer's debt, piece by piece."""

    due_fen: int
    """As the books have it."""
    unclaimed_fen: int
    """Drawn and corrected, and in no settlement yet."""
    positions: Sequence[Position]
    ahead_fen: int
    """Paid, and more than all settlements are open with."""

    @property
    def unexplained_fen(self) -> int:
        """What remains: 0, or somebody must look."""
        opened = sum(position.open_fen for position in self.positions)
        return self.due_fen - self.unclaimed_fen - opened + self.ahead_fen


def allocate(owed_fen: Sequence[int], received_fen: int) -> tuple[list[int], int]:
    """What is paid of each settlement, oldest first, and what is left over.

    A settlement in the issuer's favour counts as received with the rest.
    """
    left = received_fen - sum(owed for owed in owed_fen if owed < 0)
    paid = []
    for owed in owed_fen:
        part = owed if owed < 0 else min(owed, left)
        paid.append(part)
        left -= max(part, 0)
    return paid, left

"""What people may post by hand, without a database."""

from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ledger import chart
from tapline.ledger.adjustments.model import Adjustment, AdjustmentState
from tapline.ledger.books.rules import Journal
from tapline.policy import Policy

OF_MACHINES = ("dev:", "fix:", "restate:", "restore:", "load:", "carry:")
"""Keys of what machines reported and what follows from it: their facts are restated instead."""

AMOUNT_MAX = 10**12


def require_amount(amount: int) -> None:
    """Refuse what is no amount: a sign or a unit was mistaken."""
    if not 0 < amount <= AMOUNT_MAX:
        raise InvalidError(
            f"an adjustment moves 1 to {AMOUNT_MAX} of the unit (fen for money), not {amount}"
        )


def require_words(reason: str, evidence: str) -> None:
    """Refuse to move money without saying why and where that can be read."""
    if not reason.strip() or not evidence.strip():
        raise InvalidError("say why, and where the evidence is: a bill, a ticket, a letter")


def alone(amount: int, unit: str, policy: Policy) -> bool:
    """Whether one person may post it: money up to the limit. Goods are counted by two."""
    return unit == chart.FEN and amount <= policy.adjustment_alone_fen_max


def require_reversible(journal: Journal) -> None:
    """Refuse to take back what has its own way of being undone."""
    key = journal.key
    if journal.phase != "single":
        raise ConflictError(f"{key} is a hold or its end: void or settle the hold instead")
    if key.startswith(OF_MACHINES):
        raise ConflictError(f"{key} follows from what a machine reported: decide its finding")
    if key.startswith("rev:"):
        raise ConflictError(f"{key} is a reversal: post what should stand instead")
    if journal.reversed_by is not None:
        raise ConflictError(f"{key} was taken back before, by journal {journal.reversed_by}")


def may_reverse(journal: Journal) -> bool:
    """Whether a person may take it back."""
    try:
        require_reversible(journal)
    except ConflictError:
        return False
    return bool(journal.lines)


def require_open(adjustment: Adjustment) -> None:
    """Refuse to decide twice."""
    if adjustment.state is not AdjustmentState.PROPOSED:
        raise ConflictError(
            f"it was {adjustment.state.value} by {adjustment.decided_by} before: reload the page"
        )


def require_second(adjustment: Adjustment, actor: str) -> None:
    """Refuse the proposer's own approval."""
    if actor == adjustment.proposed_by:
        raise DeniedError("whoever proposed an adjustment does not approve it: ask a second person")

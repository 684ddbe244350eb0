"""Where the money of a pour is. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tapline.cards.vouchers import Voucher, VoucherState
from tapline.ledger import StatementLine
from tapline.refunds import Refund, RefundState


class Whereabouts(StrEnum):
    """Where money that is given back has got to."""

    DECIDING = "deciding"
    """A person decides; nothing has moved."""
    REJECTED = "rejected"
    ON_BALANCE = "on_balance"
    """On the card's balance at once: the card has no purse, or a debt of it was paid."""
    WAITING = "waiting"
    """For the card's next tap at any machine."""
    BEING_WRITTEN = "being_written"
    """A machine has the voucher and has not reported yet."""
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """What is given back for a pour, and where it is."""

    where: Whereabouts
    amount_fen: int
    decided_at: datetime
    debt_fen: int = 0
    """Of the amount, what paid for earlier pours that the card could not."""
    reached_at: datetime | None = None
    """When it was written, or leased."""
    device_id: str | None = None
    """Where it was written, or is being written."""


def money_back(
    refund: Refund, vouchers: Sequence[Voucher], lines: Iterable[StatementLine], posted_at: datetime
) -> MoneyBack | None:
    """Follow a refund's money; None where nothing is given back.

    A voucher holds all that waited when it was leased, so the first one leased after the money
    was posted, and not void, carries it. `lines` are what the ledger posted for this pour.
    """
    if refund.state is RefundState.REVIEW:
        return MoneyBack(Whereabouts.DECIDING, refund.amount_fen, refund.created_at)
    if refund.state is RefundState.REJECTED:
        return MoneyBack(Whereabouts.REJECTED, refund.amount_fen, refund.updated_at)
    if refund.posted_fen <= 0:
        return None
    waiting_fen, debt_fen = _split(lines)
    if waiting_fen <= 0:
        return MoneyBack(Whereabouts.ON_BALANCE, refund.posted_fen, posted_at, debt_fen)
    carrier = _carrier(vouchers, posted_at)
    if carrier is None:
        return MoneyBack(Whereabouts.WAITING, refund.posted_fen, posted_at, debt_fen)
    written = carrier.state is VoucherState.WRITTEN
    return MoneyBack(
        Whereabouts.WRITTEN if written else Whereabouts.BEING_WRITTEN,
        refund.posted_fen,
        posted_at,
        debt_fen,
        carrier.resolved_at if written else carrier.leased_at,
        carrier.device_id,
    )


def _carrier(vouchers: Sequence[Voucher], posted_at: datetime) -> Voucher | None:
    later = (v for v in vouchers if v.leased_at >= posted_at and v.state is not VoucherState.VOID)
    return min(later, key=lambda voucher: voucher.leased_at, default=None)


def _split(lines: Iterable[StatementLine]) -> tuple[int, int]:
    """(sent to wait for the card, used for its debt), in fen, over all postings of a pour."""
    waiting = debt = 0
    for line in lines:
        signed = line.amount if line.side == "C" else -line.amount
        purse = line.code.rpartition(":")[2]
        if purse in {"pending_load", "pending_bonus"}:
            waiting += signed
        elif purse == "receivable":
            debt += signed
    return waiting, debt

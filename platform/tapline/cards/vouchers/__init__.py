"""Vouchers: money owed to a purse, leased to one machine until it is written or the lease ends."""

from tapline.cards.vouchers.model import LoadRequest, Voucher, VoucherState
from tapline.cards.vouchers.rules import Outcome, Tap, Write
from tapline.cards.vouchers.service import (
    ask,
    give_up,
    leased,
    of_card,
    release_expired,
    settled_by,
    waiting,
)

__all__ = [
    "LoadRequest",
    "Outcome",
    "Tap",
    "Voucher",
    "VoucherState",
    "Write",
    "ask",
    "give_up",
    "leased",
    "of_card",
    "release_expired",
    "settled_by",
    "waiting",
]

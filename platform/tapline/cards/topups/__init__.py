"""Top-ups: money that customers pay for their cards, by payment or in cash.

Paid, it rests with the top-up (`chart.topup`) until it lands: on a balance that is with us at
once, on a purse as money that waits for the next tap at any machine. Where the card has ended
meanwhile it goes to the card that replaced it, or back the way it came.
"""

from tapline.cards.topups.cash import take_cash, undo_cash
from tapline.cards.topups.model import Channel, TopUp, TopUpState
from tapline.cards.topups.placing import lasting
from tapline.cards.topups.repository import Untapped
from tapline.cards.topups.rules import Landing, Room, landing
from tapline.cards.topups.service import (
    Choice,
    Offer,
    ask,
    get,
    lapse,
    listed,
    note_returned,
    of_card,
    offer,
    on_paid,
    payment_subjects,
    taken_by,
)
from tapline.cards.topups.waiting import Written, remind, untapped, unwritten, written

__all__ = [
    "Channel",
    "Choice",
    "Landing",
    "Offer",
    "Room",
    "TopUp",
    "TopUpState",
    "Untapped",
    "Written",
    "ask",
    "get",
    "landing",
    "lapse",
    "lasting",
    "listed",
    "note_returned",
    "of_card",
    "offer",
    "on_paid",
    "payment_subjects",
    "remind",
    "take_cash",
    "taken_by",
    "undo_cash",
    "untapped",
    "unwritten",
    "written",
]

"""Electronic water tickets: bought by the booklet, each good for one barrel of its product.

A ticket is worth its share of what its holder paid for those that he has, to the last fen
(`ledger.ticketing`). It does not expire. What is not used goes back by a refund.
"""

from tapline.orders.booklets.model import Booklet, BookletPurchase, PurchaseState
from tapline.orders.booklets.rules import InHand, Outstanding, Use, used_dearer_fen
from tapline.orders.booklets.service import (
    history,
    in_hand,
    offered,
    open_balance,
    outstanding,
    put,
    versions,
)
from tapline.orders.booklets.shopping import (
    ask,
    lapse,
    of_customer,
    on_paid,
    purchase,
)

__all__ = [
    "Booklet",
    "BookletPurchase",
    "InHand",
    "Outstanding",
    "PurchaseState",
    "Use",
    "ask",
    "history",
    "in_hand",
    "lapse",
    "of_customer",
    "offered",
    "on_paid",
    "open_balance",
    "outstanding",
    "purchase",
    "put",
    "used_dearer_fen",
    "versions",
]

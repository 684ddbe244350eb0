"""What issuers have transferred, and how their debt comes about."""

from tapline.cards.issuers.receipts.model import Receipt
from tapline.cards.issuers.receipts.rules import Explanation, Position
from tapline.cards.issuers.receipts.service import explain, listed, receive, set_off

__all__ = ["Explanation", "Position", "Receipt", "explain", "listed", "receive", "set_off"]

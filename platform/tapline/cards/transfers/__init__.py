"""A card goes from one holder to another: one offers it, the other takes it, each by his phone."""

from tapline.cards.transfers.model import CardTransfer, TransferState
from tapline.cards.transfers.service import (
    accept,
    decline,
    offer,
    offered_by,
    offered_to,
    withdraw,
)

__all__ = [
    "CardTransfer",
    "TransferState",
    "accept",
    "decline",
    "offer",
    "offered_by",
    "offered_to",
    "withdraw",
]

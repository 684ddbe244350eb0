"""Other people's cards: whose they are, and what their issuers owe for the water.

A number in an issuer's ranges needs no card of ours: its pours are due from the issuer. We hold no
balance for it and claim none. `settlements`, `answers` and `receipts` are the way to our money.
"""

from tapline.cards.issuers.model import Issuer, IssuerNumbers
from tapline.cards.issuers.service import (
    add_numbers,
    claim_cards,
    create,
    get,
    listed,
    numbers_of,
    of_cards,
    remove_numbers,
)

__all__ = [
    "Issuer",
    "IssuerNumbers",
    "add_numbers",
    "claim_cards",
    "create",
    "get",
    "listed",
    "numbers_of",
    "of_cards",
    "remove_numbers",
]

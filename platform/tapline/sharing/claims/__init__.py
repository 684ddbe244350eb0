"""What other operators ask for water that our cards drew at their machines, and what we owe."""

from tapline.sharing.claims import corrections
from tapline.sharing.claims.overturning import overturn
from tapline.sharing.claims.paying import Account, account, pay, set_off
from tapline.sharing.claims.service import get, issuer_of, lines_of, listed, look_again, sums, take

__all__ = [
    "Account",
    "account",
    "corrections",
    "get",
    "issuer_of",
    "lines_of",
    "listed",
    "look_again",
    "overturn",
    "pay",
    "set_off",
    "sums",
    "take",
]

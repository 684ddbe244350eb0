"""Cards that had a life elsewhere: taken over with what is on them, and given back unused."""

from tapline.cards.adoptions.rules import Adoption, HinderedError, Hindrance
from tapline.cards.adoptions.service import adopt, hindrances, lock, unused, withdraw

__all__ = [
    "Adoption",
    "HinderedError",
    "Hindrance",
    "adopt",
    "hindrances",
    "lock",
    "unused",
    "withdraw",
]

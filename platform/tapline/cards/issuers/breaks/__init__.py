"""What an issuer does not accept, with its age, its owner and how it ended."""

from tapline.cards.issuers.breaks.model import BreakKind, BreakResolution, IssuerBreak
from tapline.cards.issuers.breaks.service import confirm, get, listed, propose, refuse, take

__all__ = [
    "BreakKind",
    "BreakResolution",
    "IssuerBreak",
    "confirm",
    "get",
    "listed",
    "propose",
    "refuse",
    "take",
]

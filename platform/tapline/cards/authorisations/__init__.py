"""May this card draw so much? Asked by machines for cards whose balance is online."""

from tapline.cards.authorisations.model import Authorisation, AuthorisationState
from tapline.cards.authorisations.rules import Refusal
from tapline.cards.authorisations.service import (
    Question,
    Use,
    Used,
    ask,
    end_overdue,
    give_up,
    of_card,
    release_unused,
    settle,
)

__all__ = [
    "Authorisation",
    "AuthorisationState",
    "Question",
    "Refusal",
    "Use",
    "Used",
    "ask",
    "end_overdue",
    "give_up",
    "of_card",
    "release_unused",
    "settle",
]

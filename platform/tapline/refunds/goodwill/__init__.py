"""Goodwill: what an agent gives for a pour at his own word, where no machine found a fault."""

from tapline.refunds.goodwill.model import Goodwill, GoodwillState, Why
from tapline.refunds.goodwill.rules import may_undo, most_fen
from tapline.refunds.goodwill.service import (
    decide,
    follow,
    give,
    listed,
    may_decide,
    of_pours,
    undo,
)
from tapline.refunds.goodwill.together import Decision, Made, make_good, no_longer_left, owed

__all__ = [
    "Decision",
    "Goodwill",
    "GoodwillState",
    "Made",
    "Why",
    "decide",
    "follow",
    "give",
    "listed",
    "make_good",
    "may_decide",
    "may_undo",
    "most_fen",
    "no_longer_left",
    "of_pours",
    "owed",
    "undo",
]

"""What is done on rounds, at which machines, and how often."""

from tapline.rounds.plans.model import RoundKind, RoundPlan
from tapline.rounds.plans.rules import (
    USUAL,
    Answer,
    AnswerKind,
    Item,
    flaws,
    read_answers,
    read_limit,
)
from tapline.rounds.plans.rules import told_all as told
from tapline.rounds.plans.service import create, end, get, items_of, listed, machines_of

__all__ = [
    "USUAL",
    "Answer",
    "AnswerKind",
    "Item",
    "RoundKind",
    "RoundPlan",
    "create",
    "end",
    "flaws",
    "get",
    "items_of",
    "listed",
    "machines_of",
    "read_answers",
    "read_limit",
    "told",
]

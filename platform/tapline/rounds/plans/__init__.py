"""What is done on rounds, at which machines, and how often."""

from tapline.rounds.plans.model import RoundKind, RoundPlan
from tapline.rounds.plans.rules import (
    ITEMS_MAX,
    USUAL,
    Answer,
    AnswerKind,
    Item,
    flaws,
    read_answers,
    read_limit,
)
from tapline.rounds.plans.rules import told_all as told
from tapline.rounds.plans.service import (
    change,
    create,
    end,
    get,
    history,
    items_of,
    listed,
    machines_of,
    pause,
    resume,
)

__all__ = [
    "ITEMS_MAX",
    "USUAL",
    "Answer",
    "AnswerKind",
    "Item",
    "RoundKind",
    "RoundPlan",
    "change",
    "create",
    "end",
    "flaws",
    "get",
    "history",
    "items_of",
    "listed",
    "machines_of",
    "pause",
    "read_answers",
    "read_limit",
    "resume",
    "told",
]

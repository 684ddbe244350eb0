"""What is done on rounds, at which machines, and how often."""

from tapline.rounds.plans.model import PlanAct, RoundKind, RoundPlan, RoundPlanEntry
from tapline.rounds.plans.rules import (
    ITEMS_MAX,
    USUAL,
    Answer,
    AnswerKind,
    Change,
    Changed,
    Item,
    changes_of,
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
    "Change",
    "Changed",
    "Item",
    "PlanAct",
    "RoundKind",
    "RoundPlan",
    "RoundPlanEntry",
    "change",
    "changes_of",
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

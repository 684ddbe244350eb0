"""Outages that are planned and announced."""

from tapline.outages.plans.model import EntryKind, PlanEntry, PlannedOutage
from tapline.outages.plans.rules import Wish, is_late
from tapline.outages.plans.service import (
    cancel,
    change,
    covering,
    get,
    history,
    listed,
    plan,
    settled,
    sweep,
)

__all__ = [
    "EntryKind",
    "PlanEntry",
    "PlannedOutage",
    "Wish",
    "cancel",
    "change",
    "covering",
    "get",
    "history",
    "is_late",
    "listed",
    "plan",
    "settled",
    "sweep",
]

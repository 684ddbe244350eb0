"""Visits of rounds: due by plan, opened at the machine, ended with answers and photos."""

from tapline.rounds.visits.model import RoundEntry, RoundVisit, VisitState
from tapline.rounds.visits.planning import Coverage, coverage, escalate, plan_due, replan
from tapline.rounds.visits.rules import device_named
from tapline.rounds.visits.service import (
    at_machine,
    correct,
    entries_of,
    finish,
    get,
    listed,
    of_technician,
    open_at,
    postpone,
)

__all__ = [
    "Coverage",
    "RoundEntry",
    "RoundVisit",
    "VisitState",
    "at_machine",
    "correct",
    "coverage",
    "device_named",
    "entries_of",
    "escalate",
    "finish",
    "get",
    "listed",
    "of_technician",
    "open_at",
    "plan_due",
    "postpone",
    "replan",
]

"""Schools where our own cards are used, and when their students are away."""

from tapline.rosters.schools.model import PeriodKind, School, SchoolPeriod
from tapline.rosters.schools.rules import is_away, next_return
from tapline.rosters.schools.service import (
    add_period,
    create,
    get,
    listed,
    periods_of,
    remove_period,
    sites_of,
    students_away,
)

__all__ = [
    "PeriodKind",
    "School",
    "SchoolPeriod",
    "add_period",
    "create",
    "get",
    "is_away",
    "listed",
    "next_return",
    "periods_of",
    "remove_period",
    "sites_of",
    "students_away",
]

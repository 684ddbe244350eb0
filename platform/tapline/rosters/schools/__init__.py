"""Schools where our own cards are used, and when their students are away."""

from tapline.rosters.schools.model import PeriodKind, School, SchoolPeriod
from tapline.rosters.schools.rules import is_away
from tapline.rosters.schools.service import (
    add_period,
    create,
    follow,
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
    "follow",
    "get",
    "is_away",
    "listed",
    "periods_of",
    "remove_period",
    "sites_of",
    "students_away",
]

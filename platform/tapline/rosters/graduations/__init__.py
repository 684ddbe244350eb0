"""Those who leave a school, and the money on their cards: given back, and never lapsing."""

from tapline.rosters.graduations.model import CardStep, Graduation, GraduationCard
from tapline.rosters.graduations.rules import Candidate, Unclaimed
from tapline.rosters.graduations.service import (
    approve,
    cards_of,
    get,
    listed,
    may_approve,
    preview,
    propose,
    withdraw,
)
from tapline.rosters.graduations.unclaimed import remind, unclaimed, unclaimed_excel
from tapline.rosters.graduations.works import due, fail, keep, leave, note_asked, work_on

__all__ = [
    "Candidate",
    "CardStep",
    "Graduation",
    "GraduationCard",
    "Unclaimed",
    "approve",
    "cards_of",
    "due",
    "fail",
    "get",
    "keep",
    "leave",
    "listed",
    "may_approve",
    "note_asked",
    "preview",
    "propose",
    "remind",
    "unclaimed",
    "unclaimed_excel",
    "withdraw",
    "work_on",
]

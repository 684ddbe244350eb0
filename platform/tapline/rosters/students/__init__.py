"""Who is at a school, with which card of ours: from lists that the school sends."""

from tapline.rosters.students.model import RosterDraft, Student
from tapline.rosters.students.rules import Entry, Plan
from tapline.rosters.students.service import (
    apply,
    classes,
    draft,
    follow_replaced,
    forget_drafts,
    planned,
    search,
    student,
    upload,
)

__all__ = [
    "Entry",
    "Plan",
    "RosterDraft",
    "Student",
    "apply",
    "classes",
    "draft",
    "follow_replaced",
    "forget_drafts",
    "planned",
    "search",
    "student",
    "upload",
]

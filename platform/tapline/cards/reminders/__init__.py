"""Reminding who owes for water: by a person, and not more often than policy allows."""

from tapline.cards.reminders.model import CardReminder
from tapline.cards.reminders.service import (
    NobodyToRemindError,
    RemindedLatelyError,
    last_told,
    remind,
)

__all__ = [
    "CardReminder",
    "NobodyToRemindError",
    "RemindedLatelyError",
    "last_told",
    "remind",
]

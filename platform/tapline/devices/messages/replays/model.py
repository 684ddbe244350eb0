"""What was asked to be replayed, and how it went with each letter."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Replay(Table):
    """Somebody asked that some dead letters be tried again."""

    __tablename__ = "replay"
    __table_args__ = (Index(None, "tenant_id", "asked_at"),)

    replay_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    rehearsal: Mapped[bool]
    """Whether it only shows what would happen: all of it is rolled back."""
    choice: Mapped[dict[str, Any]]
    """Which letters were meant, in the words of whoever asked."""
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]


class StepState(StrEnum):
    WAITING = "waiting"
    UNDERSTOOD = "understood"
    FAILED = "failed"
    """It stays a dead letter, with its newest reason."""
    ENDED = "ended"
    """Another replay, or a person, had ended it before."""


class ReplayStep(Table):
    """One letter of a replay."""

    __tablename__ = "replay_step"
    __table_args__ = (
        Index("ix_replay_step_waiting", "replay_id", postgresql_where=text("state = 'waiting'")),
        Index(None, "dead_letter_id"),
    )

    replay_id: Mapped[UUID] = mapped_column(ForeignKey("replay.replay_id"), primary_key=True)
    dead_letter_id: Mapped[int] = mapped_column(
        ForeignKey("dead_letter.dead_letter_id"), primary_key=True
    )
    state: Mapped[StepState]
    outcome: Mapped[dict[str, Any] | None]
    """What it says in our words and what became of it, or why not."""
    done_at: Mapped[datetime | None]

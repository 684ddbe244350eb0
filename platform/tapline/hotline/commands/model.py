from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.hotline.port import CommandKind
from tapline.tables import Table


class CommandState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    """By the exchange."""
    FAILED = "failed"
    """Refused, or too late to be of use."""


class QueuedCommand(Table):
    """An order to the exchange. Those of one call are carried out one after the other."""

    __tablename__ = "hotline_command"
    __table_args__ = (
        Index(
            "ix_hotline_command_waiting",
            "call_id",
            "position",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    command_id: Mapped[UUID] = mapped_column(unique=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.call_id"))
    provider: Mapped[str]
    call_ref: Mapped[str]
    kind: Mapped[CommandKind]
    leg: Mapped[str | None]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[CommandState]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When to try next; moved ahead while an attempt is under way."""
    error: Mapped[str | None]

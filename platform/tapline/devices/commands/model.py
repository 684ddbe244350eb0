"""The queue of commands, ordered per device."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class CommandState(StrEnum):
    QUEUED = "queued"
    PUBLISHED = "published"
    RECEIVED = "received"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    """Its opposite was sent before the machine had answered."""


class DeviceCommand(Table):
    __tablename__ = "device_command"
    __table_args__ = (
        Index(
            "ix_device_command_queued",
            "device_id",
            "position",
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_device_command_device_id", "device_id", "position"),
    )

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    command_id: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    op: Mapped[str]
    args: Mapped[dict[str, Any]]
    reason: Mapped[str]
    actor: Mapped[str | None]
    """The login of whoever sent it; null where the platform did."""
    state: Mapped[CommandState]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    """When it was last handed to the broker."""
    received_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """When it ended, by the machine's word or by ours."""
    rc: Mapped[int | None]
    """The machine's result code; null where it was refused without being sent."""
    out: Mapped[dict[str, Any] | None]

"""Events waiting to leave, and the marks of those a consumer has handled."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.events import Event
from tapline.ids import new_id
from tapline.tables import Table


class OutboxMessage(Table):
    """One event; its insert also wakes the listeners (trigger in `sql/outbox.sql`)."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_waiting", "position", postgresql_where=text("relayed_at is null")),
    )

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    tenant_id: Mapped[str]
    type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    relayed_at: Mapped[datetime | None]

    @classmethod
    def of(cls, event: Event) -> Self:
        """The row that carries `event`."""
        payload = {key: _plain(value) for key, value in asdict(event).items()}
        return cls(
            event_id=new_id(),
            tenant_id=event.tenant_id,
            type=type(event).__name__,
            payload=payload,
        )


class HandledEvent(Table):
    """Written in the consumer's own transaction, so that a second delivery is a no-op."""

    __tablename__ = "outbox_handled"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(primary_key=True)
    handled_at: Mapped[datetime] = mapped_column(server_default=func.now())


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value

"""A desk's state as it is now, and the log of every decision that led to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class RoutingDesk(Table):
    """One desk. Its row lock makes decisions one after the other; the rest repeats the log."""

    __tablename__ = "routing_desk"
    __table_args__ = (
        Index(
            "ix_routing_desk_due",
            "next_due_at",
            postgresql_where=text("next_due_at is not null"),
        ),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    desk: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    """Decisions taken."""
    head_hash: Mapped[bytes]
    snapshot: Mapped[bytes]
    """The state, as JSON: the log folded, so that nobody need fold it."""
    next_due_at: Mapped[datetime | None]


class RoutingRecord(Table):
    """One decision: the command and what came of it. Never changed (`sql/routing.sql`)."""

    __tablename__ = "routing_record"
    __table_args__ = (
        Index("ix_routing_record_works", "work_ids", postgresql_using="gin"),
        Index(None, "tenant_id", "desk", "at_ms"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    desk: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    engine: Mapped[int]
    """Which rules decided: a later engine may decide otherwise, and does not judge earlier ones."""
    command: Mapped[dict[str, Any]]
    events: Mapped[list[Any]]
    work_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The works that it is about."""
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]

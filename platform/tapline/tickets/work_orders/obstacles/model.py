"""Why technicians could not do what they came for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Obstacle(StrEnum):
    LOCKED_ROOM = "locked_room"
    GUARD_REFUSED = "guard_refused"
    NO_PART = "no_part"
    POWER_OFF = "power_off"
    """The customer's side has cut the power."""


class NextStep(StrEnum):
    APPOINTMENT = "appointment"
    PART = "part"
    """A part is ordered; the visit waits for it."""


class Setback(Table):
    """One attempt that failed; never changed but for the part that came."""

    __tablename__ = "work_setback"
    __table_args__ = (
        UniqueConstraint("work_order_id", "request_key"),
        Index(
            "ix_work_setback_part_wanted",
            "tenant_id",
            "at",
            postgresql_where=text("part is not null and part_came_at is null"),
        ),
    )

    setback_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    work_order_id: Mapped[UUID] = mapped_column(ForeignKey("work_order.work_order_id"))
    request_key: Mapped[str]
    """Made with the form: sent twice, it is one."""
    obstacle: Mapped[Obstacle]
    next_step: Mapped[NextStep]
    words: Mapped[str]
    file_ids: Mapped[list[Any]]
    made_by: Mapped[str]
    at: Mapped[datetime]
    part: Mapped[str | None]
    part_count: Mapped[int | None]
    part_came_at: Mapped[datetime | None]
    part_came_by: Mapped[str | None]

"""Alarms that devices raise and clear."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Alarm(Table):
    """One raised alarm; open until `cleared_at`. At most one open per device and code."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_open",
            "device_id",
            "code",
            unique=True,
            postgresql_where=text("cleared_at is null"),
        ),
    )

    alarm_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    code: Mapped[str]
    data: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]

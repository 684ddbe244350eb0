from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Visit(Table):
    """A technician went there because of findings."""

    __tablename__ = "responsibility_visit"
    __table_args__ = (Index(None, "tenant_id", "ended_at"),)

    work_order_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    finding_ids: Mapped[list[Any]]
    ended_at: Mapped[datetime]

"""What was approved of a case, each time that somebody asked for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class TraceApproval(Table):
    """One approval; the case itself knows the newest proposal alone."""

    __tablename__ = "water_trace_approval"
    __table_args__ = (Index(None, "tenant_id", "asked_by", "approved_at"),)

    approval_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    trace_id: Mapped[UUID] = mapped_column(ForeignKey("water_trace.trace_id"))
    fen: Mapped[int]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    """The same person where the sum was small."""
    approved_at: Mapped[datetime]

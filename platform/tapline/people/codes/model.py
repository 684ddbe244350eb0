"""One-time codes that were asked for, of known and unknown phones alike."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class OneTimeCode(Table):
    __tablename__ = "one_time_code"
    __table_args__ = (
        Index(None, "tenant_id", "phone", "asked_at"),
        Index(None, "address", "asked_at"),
    )

    code_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    phone: Mapped[str]
    code_hash: Mapped[bytes]
    address: Mapped[str]
    """Who asked, to bound how often one address may."""
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int]
    used_at: Mapped[datetime | None]

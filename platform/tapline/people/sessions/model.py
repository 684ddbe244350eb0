"""Signed-in sessions. The token is in the browser alone: here rests its hash."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class PersonSession(Table):
    """One sign-in of one person, until it is revoked or has been idle for too long."""

    __tablename__ = "person_session"
    __table_args__ = (
        CheckConstraint("num_nonnulls(staff_id, customer_id) = 1", name="one_person"),
        Index(None, "staff_id"),
        Index(None, "customer_id"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.customer_id"))
    csrf_token: Mapped[str]
    """Every form of the session carries it back."""
    address: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """Slides with use, up to the longest life of its kind."""
    revoked_at: Mapped[datetime | None]

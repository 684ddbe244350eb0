"""The audit trail: every act and every look at personal data, append-only."""

from datetime import datetime

from sqlalchemy import Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class AuditEntry(Table):
    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "tenant_id", "at"),
        Index(None, "tenant_id", "subject", "at"),
    )

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    tenant_id: Mapped[str | None]
    """Null where nobody of a tenant acted, such as a sign-in with an unknown name."""
    actor: Mapped[str]
    """A staff login, `customer:<id>`, or `system`."""
    address: Mapped[str | None]
    """The network address that the request came from; null for the system's own acts."""
    action: Mapped[str]
    """A noun and a verb, e.g. `ticket.take`, `card.read`."""
    subject: Mapped[str]
    reason: Mapped[str]

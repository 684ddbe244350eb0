from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ReceivedStatement(Table):
    """A file that was checked and taken."""

    __tablename__ = "sharing_received"
    __table_args__ = (
        UniqueConstraint("tenant_id", "partner_id", "export_id"),
        Index(None, "tenant_id", "customer_id"),
        Index(None, "tenant_id", "ends_on", postgresql_where="document is not null"),
    )

    received_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    export_id: Mapped[UUID]
    """The sender's number of the file: the same file is taken once."""
    consent_id: Mapped[UUID]
    """The sender's number of the consent."""
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"))
    public_key: Mapped[str]
    made_at: Mapped[datetime]
    ends_on: Mapped[date]
    document: Mapped[str | None]
    """As it came; null once the consent has ended: what we may not know is not kept."""
    received_by: Mapped[str]
    received_at: Mapped[datetime]


class ReceivedRevocation(Table):
    """Another operator's customer took back what we may know. Kept, so that no file that was made
    before is taken afterwards."""

    __tablename__ = "sharing_received_revocation"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    consent_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The sender's number of the consent."""
    revoked_at: Mapped[datetime]
    received_by: Mapped[str]
    received_at: Mapped[datetime]

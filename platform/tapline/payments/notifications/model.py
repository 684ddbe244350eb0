"""Authentic notifications of payment providers. Never changed: `verdict` is what it came to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.payments.rules import Verdict
from tapline.tables import Table


class ProviderNotice(Table):
    """One delivery. A provider repeats a notice under the same id until it is answered."""

    __tablename__ = "provider_notice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider", "nonce"),
        Index(None, "tenant_id", "provider", "notice_id", "body_sha256"),
        Index(None, "tenant_id", "verdict", "received_at"),
    )

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    provider: Mapped[str]
    notice_id: Mapped[str]
    nonce: Mapped[str]
    """New with each delivery: the same one twice is a replay by somebody else."""
    body: Mapped[bytes]
    body_sha256: Mapped[bytes]
    received_at: Mapped[datetime]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.payment_id"))
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout.payout_id"))
    verdict: Mapped[Verdict]
    reason: Mapped[str]

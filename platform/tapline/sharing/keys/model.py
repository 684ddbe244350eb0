"""Public keys are 32 bytes in hexadecimal: Ed25519, RFC 8032."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class OwnKey(Table):
    """What a tenant signs with."""

    __tablename__ = "sharing_own_key"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    public_key: Mapped[str]
    private_sealed: Mapped[bytes]
    """Encrypted under the key file: who has the database alone cannot sign."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class PartnerKey(Table):
    """What another operator signs with, and by which its files are addressed."""

    __tablename__ = "sharing_partner_key"
    __table_args__ = (UniqueConstraint("tenant_id", "public_key"),)

    key_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), index=True)
    public_key: Mapped[str]
    evidence: Mapped[str]
    """How we know that the key is theirs."""
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    """From then on nothing is made for it, and nothing signed with it is taken."""


class PartnerHead(Table):
    """A seal of another operator's chain, once seen: it can never be another one."""

    __tablename__ = "sharing_partner_head"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]

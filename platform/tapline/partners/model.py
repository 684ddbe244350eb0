"""Whom the operator shares sites, machines or cards with."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class PartnerKind(StrEnum):
    PROPERTY = "property"
    """Whose premises machines stand on; earns a share of the revenue."""
    VENDOR = "vendor"
    """Who made machines and answers for them."""
    OPERATOR = "operator"
    """Another operator, whose cards our machines take or the other way round."""


class Partner(Table):
    """A company, by the name of the legal entity that contracts, pays and is paid."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("tenant_id", "legal_entity"),)

    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    kind: Mapped[PartnerKind]
    name: Mapped[str]
    """As people call it."""
    legal_entity: Mapped[str]
    contact: Mapped[str]
    phone: Mapped[str]
    created_at: Mapped[datetime]

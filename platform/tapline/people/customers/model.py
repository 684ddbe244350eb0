"""Who holds cards and is told what happened to them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Customer(Table):
    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("tenant_id", "phone"),)

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    phone: Mapped[str]
    """Eleven digits of a mainland mobile number, without country code."""
    name: Mapped[str]
    born_on: Mapped[date | None]
    """Where his papers said so, or somebody did."""
    guardian_name: Mapped[str | None]
    guardian_phone: Mapped[str | None]
    """Of a minor: who is told and who asks in his stead."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

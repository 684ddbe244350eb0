"""How far machines were examined, and which of them stopped selling because of their meter."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class MeterWatch(Table):
    """Up to when a tenant's facts were examined. One row a tenant."""

    __tablename__ = "meter_watch"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    examined_at: Mapped[datetime]


class SaleStop(Table):
    """A machine that was told to stop selling, until a person lets it sell again. Never deleted."""

    __tablename__ = "sale_stop"
    __table_args__ = (
        Index(
            "uq_sale_stop_standing",
            "device_id",
            unique=True,
            postgresql_where=text("released_at is null"),
        ),
        Index(None, "tenant_id", "stopped_at"),
    )

    stop_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    witness: Mapped[str]
    per_mille: Mapped[int]
    """By how much its meter was off, and who said so."""
    command_id: Mapped[str]
    stopped_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    release_reason: Mapped[str | None]

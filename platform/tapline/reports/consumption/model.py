from datetime import date, datetime

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ConsumptionDay(Table):
    """A business day whose reports were rolled up."""

    __tablename__ = "consumption_day"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    """Of the reports' arrival: that never changes, and an index leads to it."""
    rolled_at: Mapped[datetime]


class ConsumptionHour(Table):
    """What one machine gave out in one hour, as reported on one business day."""

    __tablename__ = "consumption_hour"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    device_id: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    """When it was drawn, as far as the machine's clock can be believed."""
    pours: Mapped[int]
    ml: Mapped[int]
    fen: Mapped[int]
    """Charged for it, before anything was given back."""

"""The order that a technician has chosen for a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class RoutePlace(Table):
    __tablename__ = "route_place"

    technician_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    stop: Mapped[str] = mapped_column(primary_key=True)
    """As `Stop.key`."""
    tenant_id: Mapped[str]
    position: Mapped[int]

"""Where barrels start from. A district has one station; a courier belongs to one."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Station(Table):
    __tablename__ = "station"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    station_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    code: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str]
    """What customers are told to call."""


class StationDistrict(Table):
    """A district, down to a town where need be, and the one station that serves it."""

    __tablename__ = "station_district"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    district: Mapped[str] = mapped_column(primary_key=True)
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.station_id"), index=True)


class StaffStation(Table):
    """The station that a courier carries for."""

    __tablename__ = "staff_station"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.station_id"), index=True)

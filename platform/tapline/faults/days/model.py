"""Daily sums of telemetry and the services of parts."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Date, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class SensorDay(Table):
    """Means of a device's readings over a business day, of those taken while water ran.

    A mean is null where that sensor said nothing.
    """

    __tablename__ = "sensor_day"
    __table_args__ = (Index(None, "tenant_id", "day"),)

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    tenant_id: Mapped[str]
    readings: Mapped[int]
    p_in_kpa: Mapped[float | None]
    p_post_kpa: Mapped[float | None]
    flow_ml_s: Mapped[float]
    temp_c: Mapped[float | None]
    pump_ma: Mapped[float | None]
    tds_in: Mapped[float | None]
    """mg/l, as `tds_out`."""
    tds_out: Mapped[float | None]
    still_kpa: Mapped[float | None]
    """What the two pressure sensors differed by while no water ran: what they are wrong by."""


class DayMeans(NamedTuple):
    """A sensor day as a value, in the units of `SensorDay`."""

    device_id: str
    day: date
    p_in_kpa: float | None
    p_post_kpa: float | None
    flow_ml_s: float
    temp_c: float | None
    pump_ma: float | None
    tds_in: float | None
    tds_out: float | None
    still_kpa: float | None


class SensorDaysUpto(Table):
    """Up to which day a tenant's readings have been summed up."""

    __tablename__ = "sensor_days_upto"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)


class PartService(Table):
    """A part was replaced: what was measured before says nothing of the new one."""

    __tablename__ = "part_service"
    __table_args__ = (Index(None, "tenant_id", "device_id"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    part: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]


class SimulatedHistory(Table):
    """A stretch of a device's telemetry that a simulation wrote, faster than time went by."""

    __tablename__ = "simulated_history"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    tenant_id: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    seed: Mapped[int]

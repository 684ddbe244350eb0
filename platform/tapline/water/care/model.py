"""Treatments of machines, one row each; never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class TreatmentKind(StrEnum):
    FILTER_CHANGE = "filter_change"
    DISINFECTION = "disinfection"
    FLUSHING = "flushing"
    REPAIR = "repair"
    """Of what the water runs through: a lamp's driver, a seal, a tank."""


class FilterKind(StrEnum):
    """What wears by the litre or by the day; in the order in which water meets them."""

    PREFILTER = "prefilter"
    CARBON = "carbon"
    MEMBRANE = "membrane"
    POSTFILTER = "postfilter"
    UV_LAMP = "uv_lamp"


class Treatment(Table):
    __tablename__ = "water_treatment"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'filter_change') = (filter_kind is not null)", name="filter_of_a_change"
        ),
        Index(None, "tenant_id", "device_id", "at"),
    )

    treatment_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    kind: Mapped[TreatmentKind]
    filter_kind: Mapped[FilterKind | None]
    total_ml: Mapped[int | None]
    """The machine's own lifetime counter when it was recorded: a filter's litres start here."""
    actor: Mapped[str]
    """The login of whoever did it."""
    at: Mapped[datetime]
    note: Mapped[str]
    file_ids: Mapped[list[Any]]
    recorded_at: Mapped[datetime]

"""Predictions and the labels that come of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Part(StrEnum):
    PREFILTER = "prefilter"
    PUMP = "pump"
    MEMBRANE = "membrane"


class Basis(StrEnum):
    MODEL = "model"
    """A learnt model that was calibrated: there is a percentage."""
    RULE = "rule"
    """A fixed limit: there is none."""


class PredictionState(StrEnum):
    RAISED = "raised"
    TICKETED = "ticketed"
    CONFIRMED = "confirmed"
    """Somebody went and found this part at fault."""
    DISMISSED = "dismissed"
    """Somebody found another fault or none, or nobody went."""


class LabelOutcome(StrEnum):
    CONFIRMED_PART = "confirmed_part"
    OTHER_FAULT = "other_fault"
    NO_FAULT_FOUND = "no_fault_found"
    NOT_VISITED = "not_visited"
    """Nothing is learnt of it."""


class Prediction(Table):
    """A fault foreseen. At most one open per device and part."""

    __tablename__ = "prediction"
    __table_args__ = (
        Index(
            "uq_prediction_open",
            "device_id",
            "part",
            unique=True,
            postgresql_where=text("state in ('raised', 'ticketed')"),
        ),
        Index(None, "tenant_id", "raised_at"),
        Index(None, "device_id", "part", "raised_at"),
    )

    prediction_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    part: Mapped[Part]
    basis: Mapped[Basis]
    probability_percent: Mapped[int | None]
    """That the part fails within the window; null where a rule spoke."""
    residuals: Mapped[list[Any]]
    """Why, strongest first: objects of `signal`, `unit`, `value`, `baseline` (the device's own
    beginning), `expected` (the same, moved as the site's median device moved), and `drop`, the
    share of the probability that hangs on it (null for a rule)."""
    others: Mapped[list[Any]]
    """Device ids of the same site that show the same on the same day: one visit for all."""
    day: Mapped[date] = mapped_column(Date)
    """The business day whose readings spoke."""
    window_until: Mapped[date] = mapped_column(Date)
    """The failure is expected after `day` and up to here."""
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("fault_model.model_id"))
    model: Mapped[str]
    """Name and version of what spoke, e.g. `foresight 3`, or `rule`."""
    features_hash: Mapped[str]
    """SHA-256 over the features that it was made of, in hex."""
    state: Mapped[PredictionState]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FaultLabel(Table):
    """What a visit found; never changed. A later label of the same prediction supersedes it."""

    __tablename__ = "fault_label"

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    prediction_id: Mapped[UUID] = mapped_column(ForeignKey("prediction.prediction_id"), index=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str]
    part: Mapped[Part]
    day: Mapped[date] = mapped_column(Date)
    """The day whose readings had spoken: what a model may learn from."""
    outcome: Mapped[LabelOutcome]
    actor: Mapped[str]
    model: Mapped[str]
    features_hash: Mapped[str]
    at: Mapped[datetime]

"""Plans of rounds."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class RoundKind(StrEnum):
    INSPECTION = "inspection"
    CLEANING = "cleaning"
    DISINFECTION = "disinfection"
    SAMPLING = "sampling"


class RoundPlan(Table):
    """As it is now; visits say what they were made by, and its entries how it came about."""

    __tablename__ = "round_plan"
    __table_args__ = (
        CheckConstraint("every_days between 1 and 366", name="every_few_days"),
        Index(None, "tenant_id", "ended_at"),
    )

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    name: Mapped[str]
    kind: Mapped[RoundKind]
    every_days: Mapped[int]
    first_on: Mapped[date]
    """No visit falls due before; the day of the last change of when or where it is done."""
    site_ids: Mapped[list[Any]]
    """As text; none: all sites."""
    device_ids: Mapped[list[Any]]
    """Of these sites only these machines; none: all."""
    items: Mapped[list[Any]]
    """What is looked at, in order; `tapline.rounds.plans.rules.Item` as documents."""
    photos_min: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    """Since when nothing falls due by it, until somebody takes it up again."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """That of its last entry: who changes it states the version that he saw."""


class PlanAct(StrEnum):
    PLANNED = "planned"
    CHANGED = "changed"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"


class RoundPlanEntry(Table):
    """What somebody did to a plan; never changed."""

    __tablename__ = "round_plan_entry"
    __table_args__ = (UniqueConstraint("plan_id", "version"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("round_plan.plan_id"))
    version: Mapped[int]
    act: Mapped[PlanAct]
    changes: Mapped[list[Any]]
    """Of a change: `tapline.rounds.plans.rules.Change` as documents, in the order of a form."""
    actor: Mapped[str]
    at: Mapped[datetime]

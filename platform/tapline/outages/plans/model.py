"""Works that stop machines, as they were announced."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class PlannedOutage(Table):
    """Machines of a site will give no water for a time."""

    __tablename__ = "planned_outage"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="forward"),
        Index(None, "tenant_id", "site_id", "starts_at"),
    )

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"))
    device_ids: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """The machines; empty: all of the site."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int]
    """Counts its entries: a page that changes it states the version it saw."""
    told_version: Mapped[int] = mapped_column(server_default=text("0"))
    """The last version that residents were told of."""
    held_version: Mapped[int] = mapped_column(server_default=text("0"))
    """The last version, of those begun, for which open cases were held."""

    def names(self, device_id: str) -> bool:
        """Whether a machine of the site is meant."""
        return not self.device_ids or device_id in self.device_ids


class EntryKind(StrEnum):
    PLANNED = "planned"
    CHANGED = "changed"
    PROLONGED = "prolonged"
    CANCELLED = "cancelled"


class PlanEntry(Table):
    """What was announced when; never changed, so that nobody announces anything afterwards."""

    __tablename__ = "planned_outage_entry"
    __table_args__ = (Index(None, "plan_id", "position"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("planned_outage.plan_id"))
    kind: Mapped[EntryKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    device_ids: Mapped[list[Any]]
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]

"""Outages that nobody planned."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class IncidentKind(StrEnum):
    SITE = "site"
    """Many machines of one site."""
    OURS = "ours"
    """Machines of many sites, or nobody listened: the broker, the gateway, the provider's net."""


class Cause(StrEnum):
    """What it seems to have been; nobody was there to see."""

    UNKNOWN = "unknown"
    POWER = "power"
    """Machines came back from a start without power, or said before that it failed."""
    LINE = "line"
    """Machines came back that had run on."""
    OURS = "ours"
    """We did not listen."""


class Incident(Table):
    """An outage; the machines in it are the darknesses that name it."""

    __tablename__ = "outage_incident"
    __table_args__ = (
        CheckConstraint("(kind = 'site') = (site_id is not null)", name="site_of_its_kind"),
        Index(
            "uq_outage_incident_site",
            "site_id",
            unique=True,
            postgresql_where=text("ended_at is null and site_id is not null"),
        ),
        Index(
            "uq_outage_incident_ours",
            "tenant_id",
            unique=True,
            postgresql_where=text("ended_at is null and kind = 'ours'"),
        ),
        Index(None, "tenant_id", "began_at"),
    )

    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    kind: Mapped[IncidentKind]
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.site_id"))
    began_at: Mapped[datetime]
    found_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    is_deaf: Mapped[bool] = mapped_column(server_default=text("false"))
    """Nobody listened to the broker: what the machines do is not known."""
    cause: Mapped[Cause]
    machines: Mapped[int]
    """How many of its machines are dark now."""
    machines_most: Mapped[int]
    """How many were in it altogether."""
    machines_all: Mapped[int]
    """How many stood there when it was found."""
    absorbed_by: Mapped[UUID | None] = mapped_column(ForeignKey("outage_incident.incident_id"))
    """It turned out to be part of a wider one."""
    words: Mapped[str | None]
    """What residents are told."""
    announced_at: Mapped[datetime | None]
    announced_by: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    """When the words went out; not at night."""

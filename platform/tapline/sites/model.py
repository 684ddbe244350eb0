"""Where dispensers stand: an estate, a campus, a mall, with a place on the schematic map."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class SiteKind(StrEnum):
    CAMPUS = "campus"
    COMMUNITY = "community"
    BUSINESS = "business"


class Site(Table):
    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[SiteKind]
    address: Mapped[str]
    x: Mapped[int]
    """Schematic position on a 1000 x 1000 plan, not a coordinate on Earth."""
    y: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

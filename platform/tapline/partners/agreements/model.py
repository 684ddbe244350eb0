from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class AgreementState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    """It holds from its first day until a later version's."""
    REFUSED = "refused"


class Agreement(Table):
    """One version of what holds on a site. Its terms never change; a new version follows."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("site_id", "version"),)

    agreement_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"))
    version: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    terms: Mapped[dict[str, Any]]
    """As `rules.Terms` reads them."""
    state: Mapped[AgreementState]
    reason: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]

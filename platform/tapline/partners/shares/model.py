from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ShareClose(Table):
    """A business day whose revenue was shared out. Each entry of `rev:water` is in one day."""

    __tablename__ = "share_close"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    upto_version: Mapped[int]
    """The last entry of the account that counts to this day or one before it."""
    revenue_fen: Mapped[int]
    """All that the account moved; sites' revenue and what is not attributed together."""
    unattributed: Mapped[dict[str, Any]]
    """What belongs to no site, in fen by machine or by kind of journal."""
    closed_at: Mapped[datetime]


class ShareDay(Table):
    """What a site took in on a business day, and what of it is its property's."""

    __tablename__ = "share_day"
    __table_args__ = (Index(None, "tenant_id", "day"), Index(None, "partner_id", "day"))

    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    tenant_id: Mapped[str]
    revenue_fen: Mapped[int]
    """Negative where more was given back than taken."""
    per_mille: Mapped[int]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.partner_id"))
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.agreement_id"))
    exact: Mapped[int]
    """The site's share since the beginning, in thousandths of a fen."""
    share_fen: Mapped[int]
    """What was posted for the day, under `share:{site}:{day}`."""

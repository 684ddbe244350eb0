"""Lots that are held back."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class LotHold(Table):
    """A lot that must not be handed over; the row stays when it is let go."""

    __tablename__ = "barrel_lot_hold"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    lot: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    held_at: Mapped[datetime]
    held_by: Mapped[str]
    let_go_at: Mapped[datetime | None]
    let_go_by: Mapped[str | None]

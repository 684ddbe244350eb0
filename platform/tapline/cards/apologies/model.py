"""What a card was given back, and the tap at which its holder was told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Apology(Table):
    """One giving back, or the taking back of one: then `amount_fen` is below zero."""

    __tablename__ = "card_apology"
    __table_args__ = (Index(None, "tenant_id", "card_no"),)

    apology_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    amount_fen: Mapped[int]
    owed_at: Mapped[datetime]
    told_device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"))
    told_req: Mapped[str | None]
    """The question whose answer carried it: asked again, it carries it again."""
    told_at: Mapped[datetime | None]
    voucher_id: Mapped[str | None] = mapped_column(ForeignKey("voucher.voucher_id"))
    """The voucher that brought the money: where it was not written, nothing was said."""

"""What was set aside to be written back to a purse, by where the card was next seen."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Restoration(Table):
    __tablename__ = "restoration"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    card_no: Mapped[str] = mapped_column(primary_key=True)
    atc: Mapped[int] = mapped_column(primary_key=True)
    posted_fen: Mapped[int]
    revision: Mapped[int]
    """How often it changed; part of the journal's key."""
    updated_at: Mapped[datetime]

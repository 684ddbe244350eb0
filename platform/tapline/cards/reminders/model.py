"""What the holders of cards were reminded of by hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.money import Fen
from tapline.tables import Table


class CardReminder(Table):
    """Somebody had the holder of a card told what he owes."""

    __tablename__ = "card_reminder"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"]),
        Index(None, "tenant_id", "card_no", "at"),
    )

    reminder_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    amount_fen: Mapped[Fen]
    """What he owed then."""
    actor: Mapped[str]
    at: Mapped[datetime]

"""Every act on a card, for good."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.cards.model import CardState
from tapline.cards.rules import Act
from tapline.tables import Table


class CardStep(Table):
    """An act on a card; rows are only ever added."""

    __tablename__ = "card_step"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"]),
        Index(None, "tenant_id", "card_no"),
    )

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    act: Mapped[Act]
    state: Mapped[CardState]
    """What the card is since then."""
    about: Mapped[str | None]
    """Whom else it concerns: `card:<no>`, `customer:<id>`."""
    actor: Mapped[str]
    """A staff login, `customer:<id>`, or `system`."""
    reason: Mapped[str]
    at: Mapped[datetime]

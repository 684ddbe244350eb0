"""Stored-value cards."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.money import Fen
from tapline.tables import Table


class CardKind(StrEnum):
    CPU = "cpu"
    DESFIRE = "desfire"
    M1 = "m1"
    ID = "id"
    QR = "qr"

    @property
    def has_purse(self) -> bool:
        """Whether the money is on the card itself, so that giving back needs a tap."""
        return self in {CardKind.CPU, CardKind.DESFIRE, CardKind.M1}


class CardState(StrEnum):
    ACTIVE = "active"
    FROZEN = "frozen"
    """Reported lost: it is blocked, and what waits for it is not written."""
    CLOSING = "closing"
    """Its holder wants his money back: it is blocked, and nothing is written to it."""
    CLOSED = "closed"
    REPLACED = "replaced"
    """Another card has taken its place and its money."""


class Card(Table):
    __tablename__ = "card"
    __table_args__ = (
        Index(None, "tenant_id", "customer_id"),
        Index(None, "card_no"),
        ForeignKeyConstraint(["tenant_id", "replaces"], ["card.tenant_id", "card.card_no"]),
        ForeignKeyConstraint(["tenant_id", "replaced_by"], ["card.tenant_id", "card.card_no"]),
        CheckConstraint("opened_fen >= 0", name="opened_fen_not_negative"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    card_no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[CardKind]
    state: Mapped[CardState]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.customer_id"))
    opened_fen: Mapped[Fen]
    """What the purse held when issued: the first link of its chain."""
    opened_atc: Mapped[int | None] = mapped_column(server_default=text("0"))
    """The card's own counter then. Null of one that came from elsewhere, where nobody knew it: its
    chain begins when it is first met."""
    issued_at: Mapped[datetime]
    replaces: Mapped[str | None]
    """The card whose place it took."""
    replaced_by: Mapped[str | None]
    carries: Mapped[int] = mapped_column(server_default=text("0"))
    """How often its money was carried on to the card that took its place."""

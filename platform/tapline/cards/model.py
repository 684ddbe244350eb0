"""Stored-value cards."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
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
    CLOSING = "closing"
    """Its holder wants his money back: it is blocked, and nothing is written to it."""
    CLOSED = "closed"


class Card(Table):
    __tablename__ = "card"
    __table_args__ = (
        Index(None, "tenant_id", "customer_id"),
        CheckConstraint("opened_fen >= 0", name="opened_fen_not_negative"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    card_no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[CardKind]
    state: Mapped[CardState]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.customer_id"))
    opened_fen: Mapped[Fen]
    """What the purse held when issued, its counter at 0: the first link of its chain."""
    issued_at: Mapped[datetime]

"""The keys that cards prove themselves with."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.cards.model import CardKind
from tapline.tables import Table


class IssuerKey(Table):
    """One version of a tenant's secret for a kind of card; each card's own key follows from it."""

    __tablename__ = "issuer_key"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    kind: Mapped[CardKind] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    """16 bytes, under the key file."""
    made_at: Mapped[datetime]


class CardKey(Table):
    """Which version was written to a card when it was personalised. A card without one proves
    nothing, and is not asked to."""

    __tablename__ = "card_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"], name="fk_card_key_card"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "kind", "version"],
            ["issuer_key.tenant_id", "issuer_key.kind", "issuer_key.version"],
            name="fk_card_key_issuer_key",
        ),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    card_no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[CardKind]
    version: Mapped[int]

"""Cards that are offered by one customer to another."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class TransferState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CardTransfer(Table):
    __tablename__ = "card_transfer"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"]),
        Index(None, "to_customer_id", "state"),
        Index(
            "uq_card_transfer_offered",
            "tenant_id",
            "card_no",
            unique=True,
            postgresql_where=text("state = 'offered'"),
        ),
    )

    transfer_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    from_customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"))
    to_customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"))
    state: Mapped[TransferState]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

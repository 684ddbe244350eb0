from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Demand(Table):
    """The file of one settlement with another operator. Append-only: taken out again it is the
    same to the byte, whatever anybody is called by then."""

    __tablename__ = "sharing_demand"

    settlement_id: Mapped[UUID] = mapped_column(
        ForeignKey("issuer_settlement.settlement_id"), primary_key=True
    )
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    receiver_key: Mapped[str]
    """For whom it is made."""
    document: Mapped[str]
    sha256: Mapped[bytes]
    pours: Mapped[int]
    corrections: Mapped[int]
    total_fen: Mapped[int]
    """What its new lines come to: the settlement's total without what is left out."""
    left_out_fen: Mapped[int]
    """Of records in which no card's counter stands: nothing could confirm them."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]

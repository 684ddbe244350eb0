"""Reasons for which a machine must not be told to sell again."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class SaleHold(Table):
    """One row a machine and cause; it stays when it is lifted, for what it still has to say."""

    __tablename__ = "device_sale_hold"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    says: Mapped[str]
    """What whoever tries to resume the sale is told: what to do instead."""
    since: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    safe_upto: Mapped[int | None]
    """The events of the machine that the lifting knew of: a machine that has stopped by itself
    goes on only where its own last reason is among them."""

"""The times in which somebody of ours listened."""

from datetime import datetime

from sqlalchemy import Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Hearing(Table):
    """A time without a break in which a listener was at work."""

    __tablename__ = "hearing"
    __table_args__ = (Index(None, "listener", "heard_until"),)

    hearing_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    listener: Mapped[str]
    began_at: Mapped[datetime]
    heard_until: Mapped[datetime]

"""Who is to be cut off at the broker, and whether it is done."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Eviction(Table):
    """One client id; asked for again, it is due again."""

    __tablename__ = "broker_eviction"
    __table_args__ = (
        Index("ix_broker_eviction_due", "asked_at", postgresql_where=text("done_at is null")),
    )

    client_id: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    """What the broker said last, where it did not obey."""

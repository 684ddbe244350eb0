"""What is the matter with a card now."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Kind(StrEnum):
    LOW = "low"
    """Little money is left."""
    ARREARS = "arrears"
    """More was drawn than was paid."""
    FAILING = "failing"
    """Machines could not read or write it several times: it wears."""


class CardWarning(Table):
    """Stands while it is so; what comes again later is a new row, and told again."""

    __tablename__ = "card_warning"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"]),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    card_no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """Null while there is no need yet to tell the holder."""

"""Codes that were shown."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ScreenCode(Table):
    """A code as we can recognise it. It opens one purse once, for a minute."""

    __tablename__ = "screen_code"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"], name="fk_screen_code_card"
        ),
        Index(None, "expires_at"),
    )

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

"""What was given for a pour out of goodwill, by whom and why."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Why(StrEnum):
    """What the customer says, as far as one word can."""

    NO_WATER = "no_water"
    BAD_WATER = "bad_water"
    """Its taste, smell, colour or warmth."""
    WAITED = "waited"
    """He had to come back, or wait, or call again."""
    MACHINE = "machine"
    """The machine was out of order."""
    OTHER = "other"


class GoodwillState(StrEnum):
    ASKED = "asked"
    """Above what an agent may give: a supervisor decides."""
    GIVEN = "given"
    REJECTED = "rejected"
    UNDONE = "undone"


class Goodwill(Table):
    """One act. A pour has at most one that stands or is asked for."""

    __tablename__ = "goodwill"
    __table_args__ = (
        Index(
            "uq_goodwill_pour",
            "device_id",
            "seq",
            unique=True,
            postgresql_where=text("state in ('asked', 'given')"),
        ),
        CheckConstraint("amount_fen > 0 and posted_fen between 0 and amount_fen", name="amounts"),
        Index(None, "tenant_id", "card_no"),
        Index(None, "tenant_id", "state", "asked_at"),
    )

    goodwill_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    seq: Mapped[int]
    card_no: Mapped[str]
    amount_fen: Mapped[int]
    posted_fen: Mapped[int]
    """Of the amount, what the card has of it: less where a correction gave the same back."""
    price_fen: Mapped[int]
    """What the pour cost the card when this was given for it. What it costs less since, the card
    has back."""
    revision: Mapped[int]
    """How often money moved; part of the journal's key."""
    state: Mapped[GoodwillState]
    why: Mapped[Why]
    words: Mapped[str]
    obstacle: Mapped[str | None]
    """The limit that kept it from being given at once; null where it was decided about many pours
    together."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    """Who gave it, or asked for it."""
    asked_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    """Who decided, where somebody had to; or who undid it."""
    decided_at: Mapped[datetime | None]
    policy_version: Mapped[int]

    @property
    def subject(self) -> str:
        """The act as the audit trail names it."""
        return f"goodwill:{self.goodwill_id}"

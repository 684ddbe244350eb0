"""What machines asked for, what they were told, and what became of the holds."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class AuthorisationState(StrEnum):
    REFUSED = "refused"
    HELD = "held"
    """Money is reserved for a pour that has not been reported."""
    USED = "used"
    """The pour was reported."""
    ENDED = "ended"
    """Nothing was poured in time; a pour that is reported later is an ordinary one."""
    UNHELD = "unheld"
    """Granted without a hold: another issuer's card, whose balance is not with us."""


class Authorisation(Table):
    """A machine's question and its answer, which stands for ever."""

    __tablename__ = "authorisation"
    __table_args__ = (
        Index(None, "tenant_id", "card_no", "asked_at"),
        Index(
            "ix_authorisation_held",
            "tenant_id",
            "held_until",
            postgresql_where=text("state = 'held'"),
        ),
    )

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    req: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    """As asked for: not necessarily a card of ours."""
    want_fen: Mapped[int]
    asked_at: Mapped[datetime]
    state: Mapped[AuthorisationState]
    why: Mapped[str | None]
    """Why not, where it was refused."""
    hold_id: Mapped[str | None] = mapped_column(unique=True)
    max_fen: Mapped[int]
    expires_at: Mapped[datetime | None]
    """Before this moment the machine opens its valve, or not at all."""
    held_until: Mapped[datetime | None]
    """How long its pour may take to reach us."""
    ended_at: Mapped[datetime | None]
    used_seq: Mapped[int | None]
    used_fen: Mapped[int]
    """Of the hold, what the pour took."""

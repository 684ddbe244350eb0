"""Why cards are blocked, blocked cards by version, and what each machine keeps of them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table

Reason = Literal["closing", "lost", "replaced", "clone", "overload", "school", "enterprise", "debt"]
"""Why a card shall not be sold to; who gave the reason takes it back, and nobody else."""


class CardBlock(Table):
    """One reason why a card is blocked, from when to when. A card may have several at a time."""

    __tablename__ = "card_block"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"]),
        Index(
            "uq_card_block_standing",
            "tenant_id",
            "card_no",
            "reason",
            unique=True,
            postgresql_where=text("until is null"),
        ),
    )

    block_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    """Null while it stands."""


class BlockList(Table):
    """A tenant's newest version; its row is what changes of the list wait in line for."""

    __tablename__ = "block_list"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    version: Mapped[int]


class BlockedCard(Table):
    """A card on the list from one version up to another, because it had a reason to be. Each
    change of the list is a version."""

    __tablename__ = "blocked_card"
    __table_args__ = (
        Index(None, "tenant_id", "card_no"),
        Index(
            "uq_blocked_card_standing",
            "tenant_id",
            "card_no",
            unique=True,
            postgresql_where=text("removed_ver is null"),
        ),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    added_ver: Mapped[int] = mapped_column(primary_key=True)
    card_no: Mapped[str]
    added_at: Mapped[datetime]
    removed_ver: Mapped[int | None]
    """The first version without it; null while it stands."""
    removed_at: Mapped[datetime | None]


class BlockListCopy(Table):
    """What a machine that can keep a list keeps of it, by its own word."""

    __tablename__ = "block_list_copy"
    __table_args__ = (Index(None, "tenant_id", "version"),)

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    tenant_id: Mapped[str]
    version: Mapped[int]
    """0: no list, or one that is not ours."""
    seq_head: Mapped[int]
    """The last fact that it wrote under an older list."""
    acknowledged_at: Mapped[datetime | None]
    told_version: Mapped[int | None]
    """The newest version when it was last sent a change."""
    told_at: Mapped[datetime | None]
    """Null where it shall be sent one at once."""

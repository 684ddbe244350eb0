from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ListKind(StrEnum):
    WHITE = "white"
    """Comes first in the queue."""
    BLACK = "black"
    """Is refused unanswered."""


class CallerEntry(Table):
    __tablename__ = "hotline_caller_entry"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "pattern"),)

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    kind: Mapped[ListKind]
    pattern: Mapped[str]
    """A whole number, or the beginning of many followed by `*`."""
    reason: Mapped[str]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]

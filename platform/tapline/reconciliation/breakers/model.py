"""Breakers that tripped, and who reset them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Scope(StrEnum):
    """What a breaker stands for."""

    MODEL = "model"
    """All machines of one hardware model and firmware: the key is both, with a blank between."""
    SITE = "site"
    """All machines of one site: the key is its id."""


class Breaker(Table):
    """One time that automatic money stopped. Rows are never deleted; one a key stands at most."""

    __tablename__ = "breaker"
    __table_args__ = (
        Index(
            "uq_breaker_standing",
            "tenant_id",
            "scope",
            "key",
            unique=True,
            postgresql_where=text("reset_at is null"),
        ),
        Index(None, "tenant_id", "tripped_at"),
    )

    breaker_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    scope: Mapped[Scope]
    key: Mapped[str]
    tripped_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
    """What tripped it: `window_s`, `corrections`, `pours`, `fen`, and the policy's version."""
    reset_at: Mapped[datetime | None]
    reset_by: Mapped[str | None]
    reset_reason: Mapped[str | None]

    @property
    def is_standing(self) -> bool:
        return self.reset_at is None

    @property
    def subject(self) -> str:
        """As audit and tickets name it."""
        return f"breaker:{self.breaker_id}"

"""Models with what is needed to trust one: hashes, figures, who let it speak."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ModelStatus(StrEnum):
    SHADOW = "shadow"
    """It has not been let speak, or not yet."""
    CHAMPION = "champion"
    """Its probabilities open tickets."""
    RETIRED = "retired"
    """It was champion."""


class FaultModel(Table):
    """One learnt model of a tenant. At most one is champion."""

    __tablename__ = "fault_model"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name", "version"),
        Index(
            "uq_fault_model_champion",
            "tenant_id",
            "name",
            unique=True,
            postgresql_where=text("status = 'champion'"),
        ),
    )

    model_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    sha256: Mapped[str]
    """Of the artefact, in hex."""
    sklearn_version: Mapped[str]
    schema_hash: Mapped[str]
    """Of the features that it was taught."""
    learnt_from: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    card: Mapped[dict[str, Any]]
    status: Mapped[ModelStatus]
    approver: Mapped[str | None]
    """Who made it champion, and `reason` why; null for one that never was."""
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    promoted_at: Mapped[datetime | None]
    artefact: Mapped[bytes] = mapped_column(deferred=True)

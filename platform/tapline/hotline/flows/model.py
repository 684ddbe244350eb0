from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class FlowVersion(Table):
    """A published flow; never changed, only superseded. Each call keeps the one it began with."""

    __tablename__ = "hotline_flow_version"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    actor: Mapped[str]
    reason: Mapped[str]
    effective_at: Mapped[datetime]

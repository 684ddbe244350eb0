from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class CalendarVersion(Table):
    """A tenant's calendar since `effective_at`; never changed, only superseded."""

    __tablename__ = "calendar_version"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    actor: Mapped[str]
    reason: Mapped[str]
    effective_at: Mapped[datetime]

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class DispositionList(Table):
    """The list in force since `effective_at`; never changed, only superseded."""

    __tablename__ = "hotline_disposition_list"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    codes: Mapped[list[Any]]
    actor: Mapped[str]
    reason: Mapped[str]
    effective_at: Mapped[datetime]

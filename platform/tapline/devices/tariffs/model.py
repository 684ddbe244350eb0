from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class TariffVersion(Table):
    """A tenant's prices under a number that machines show and facts name. Never changed."""

    __tablename__ = "tariff_version"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    fen_per_litre: Mapped[int | None]
    """Null where cups have prices of their own."""
    steps: Mapped[list[Any]]
    """[ml, fen] of each cup, ascending; empty where water costs by the litre."""
    actor: Mapped[str]
    reason: Mapped[str]
    published_at: Mapped[datetime]

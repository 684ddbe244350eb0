from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class PolicyVersion(Table):
    """What differs from the defaults since `effective_at`; never changed, only superseded."""

    __tablename__ = "policy_version"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    changes: Mapped[dict[str, Any]]
    actor: Mapped[str]
    reason: Mapped[str]
    effective_at: Mapped[datetime]

"""A tenant is one legal operator: its slug is the second level of every topic."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Tenant(Table):
    __tablename__ = "tenant"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    legal_entity: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

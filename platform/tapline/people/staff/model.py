"""People who work with the system, and the sites that property managers answer for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    FINANCE = "finance"
    """Pays what a provider would not, and answers for the books; decides no refund."""
    TECHNICIAN = "technician"
    COURIER = "courier"
    MANAGER = "manager"
    """A property manager: sees the sites named in `StaffSite` and nothing else."""
    ADMIN = "admin"
    """The operator's administrator: accounts, screens, policy."""

    @property
    def works_at_desk(self) -> bool:
        """Whether the console is this role's place: it shows every site of the tenant."""
        return self in {Role.AGENT, Role.SUPERVISOR, Role.FINANCE, Role.ADMIN}

    @property
    def works_in_field(self) -> bool:
        """Whether the phone pages are this role's place: they show its own tasks alone."""
        return self in {Role.TECHNICIAN, Role.COURIER}


class Staff(Table):
    __tablename__ = "staff"

    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), index=True)
    login: Mapped[str] = mapped_column(unique=True)
    """Unique over all tenants, lower case: whoever signs in states no tenant."""
    name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str]
    """argon2id, with its parameters."""
    locale: Mapped[str | None]
    phone: Mapped[str | None]
    """Where he is told of work that is given to him."""
    skills: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What this person can do, with a level from 1 to 5: `{"calls": 3, "water": 5}`."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disabled_at: Mapped[datetime | None]


class StaffSite(Table):
    """A property manager answers for a site."""

    __tablename__ = "staff_site"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"), primary_key=True)

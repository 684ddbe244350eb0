from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Seat(Table):
    """A member of staff's telephone: an extension, a SIP name or a mobile number."""

    __tablename__ = "hotline_seat"
    __table_args__ = (UniqueConstraint("tenant_id", "phone"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    phone: Mapped[str]

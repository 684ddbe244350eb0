from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class SharingExport(Table):
    """A file that was made and handed out. Append-only: its customer is shown each."""

    __tablename__ = "sharing_export"

    export_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("sharing_consent.consent_id"), index=True)
    made_by: Mapped[str]
    """Who took it: a staff login, or `customer:<id>`."""
    made_at: Mapped[datetime]
    journals: Mapped[int]
    head_seq: Mapped[int]
    digest: Mapped[bytes]
    """SHA-256 of the file: whether a file that turns up is this one."""

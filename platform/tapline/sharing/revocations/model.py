from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class RevocationHandover(Table):
    """The signed revocation of a consent was taken for its receiver. Append-only."""

    __tablename__ = "sharing_revocation_handover"

    consent_id: Mapped[UUID] = mapped_column(
        ForeignKey("sharing_consent.consent_id"), primary_key=True
    )
    tenant_id: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]

"""Whose papers were seen. The number rests sealed; its last four characters say which it was."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Document(StrEnum):
    """What somebody proves his name by."""

    ID_CARD = "id_card"
    RESIDENCE_PERMIT = "residence_permit"
    """Of residents of Hong Kong, Macao and Taiwan."""
    PASSPORT = "passport"


class CustomerIdentity(Table):
    __tablename__ = "customer_identity"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"), primary_key=True)
    tenant_id: Mapped[str]
    real_name: Mapped[str]
    document: Mapped[Document]
    number_sealed: Mapped[bytes]
    number_tail: Mapped[str]
    """Its last four characters."""
    verified_by: Mapped[str]
    """The login of whoever saw the papers."""
    verified_how: Mapped[str]
    """In his words: what he saw, and where."""
    verified_at: Mapped[datetime]

"""The consent ledger: append-only, as it has to be shown to an authority years later."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Purpose(StrEnum):
    SWITCH = "switch"
    """To go on as a customer there, with what the card is worth."""
    SERVICE = "service"
    """To have a question about the card answered there."""


class SharingConsent(Table):
    """A customer allowed it. Nothing in it ever changes."""

    __tablename__ = "sharing_consent"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"]),
        Index(None, "tenant_id", "card_no"),
        Index(None, "tenant_id", "given_at"),
    )

    consent_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"))
    card_no: Mapped[str]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    purpose: Mapped[Purpose]
    fields: Mapped[list[Any]]
    """What is told, of `rules.FIELDS`."""
    since: Mapped[date]
    """The first business day that is told of."""
    ends_on: Mapped[date]
    wording: Mapped[int]
    """The version of the words that he agreed to, and below them as he read them."""
    words: Mapped[str]
    code: Mapped[str]
    """What he shows to the receiver, whose file has no more than its digest."""
    given_at: Mapped[datetime]


class SharingRevocation(Table):
    """It was taken back."""

    __tablename__ = "sharing_revocation"

    consent_id: Mapped[UUID] = mapped_column(
        ForeignKey("sharing_consent.consent_id"), primary_key=True
    )
    tenant_id: Mapped[str]
    actor: Mapped[str]
    revoked_at: Mapped[datetime]

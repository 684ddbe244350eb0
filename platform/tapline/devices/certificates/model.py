"""Who issues certificates here, and which were issued."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class IssuingAuthority(Table):
    """An authority under the root, whose key we hold; the root's own key is kept elsewhere.

    One for all tenants, as broker and device ids are. The newest issues; older ones are believed
    until they end.
    """

    __tablename__ = "issuing_authority"

    serial: Mapped[str] = mapped_column(primary_key=True)
    """Of its certificate, hexadecimal."""
    root_pem: Mapped[str]
    certificate_pem: Mapped[str]
    key_sealed: Mapped[bytes]
    """Its private key, encrypted under the key file."""
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """With its certificate, or when its root was retired."""
    revoked_pem: Mapped[str | None]
    """The list of revoked certificates as last signed."""
    revoked_digest: Mapped[bytes | None]
    """Of the serials in that list: it is signed anew only when they change or it grows old."""
    revoked_signed_at: Mapped[datetime | None]


class DeviceCertificate(Table):
    """A certificate that a device was given: who it is, in its common name."""

    __tablename__ = "device_certificate"
    __table_args__ = (
        Index(None, "device_id", "issued_at"),
        Index(None, "authority_serial", "revoked_at"),
    )

    serial: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    tenant_id: Mapped[str]
    """In its organisation: whose the device was when it was issued."""
    authority_serial: Mapped[str] = mapped_column(ForeignKey("issuing_authority.serial"))
    key_sha256: Mapped[bytes]
    """Of the public key that it is for."""
    der: Mapped[bytes]
    issued_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_for: Mapped[str | None]

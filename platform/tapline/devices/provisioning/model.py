"""What makers shipped to us, and the credentials by which its devices ask for their own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ClaimBatch(Table):
    """A credential that all devices of one maker's batch leave the factory with.

    It opens one thing: to ask for a key of one's own.
    """

    __tablename__ = "claim_batch"

    claim_id: Mapped[str] = mapped_column(primary_key=True)
    """Its MQTT user name, and the device level of its topics."""
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), index=True)
    maker: Mapped[str]
    batch: Mapped[str]
    key_sealed: Mapped[bytes]
    mqtt_password_hash: Mapped[str]
    actor: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class ShippedDevice(Table):
    """A line of a maker's shipment list. Without one no device gets a key."""

    __tablename__ = "shipped_device"

    serial: Mapped[str] = mapped_column(primary_key=True)
    """It becomes the device id, which is unique among all tenants."""
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), index=True)
    maker: Mapped[str]
    batch: Mapped[str]
    model: Mapped[str]
    firmware: Mapped[str]
    public_key: Mapped[str | None]
    """Of the device, where the maker lists it: then no other is given the answer."""
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.site_id"))
    listed_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    """The public key that the device was claimed with."""

"""Dispensers: identity, key, presence, streams."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Presence(StrEnum):
    NEVER = "never"
    """Registered, and not heard of yet."""
    ONLINE = "online"
    OFFLINE = "offline"
    """It said goodbye."""
    LOST = "lost"
    """Its will was published: the connection broke."""


class Device(Table):
    """One dispenser. Its id is the MQTT client id, user name and third level of its topics."""

    __tablename__ = "device"
    __table_args__ = (Index(None, "tenant_id", "site_id"), Index(None, "credentials_at"))

    device_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.site_id"))
    spot: Mapped[str]
    """Where on the site, in the words of the people there: building, floor."""
    key_sealed: Mapped[bytes]
    """The 32-byte frame key, encrypted under the key file."""
    mqtt_password_hash: Mapped[str]
    """As Mosquitto's password file holds it."""
    next_key_sealed: Mapped[bytes | None]
    """A key that was sent to it and takes the place of the first by being used."""
    next_password_hash: Mapped[str | None]
    next_password_sealed: Mapped[bytes | None]
    """Encrypted as the key is: what was sent once may have arrived, so it is all that is sent."""
    next_tenant_id: Mapped[str | None]
    """Whose it becomes with that key, where it changes hands."""
    credentials_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """When any of these last changed: those who keep them in memory ask by it."""
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    presence: Mapped[Presence] = mapped_column(
        server_default=Presence.NEVER.value,
    )
    presence_boot: Mapped[int] = mapped_column(server_default=text("0"))
    presence_conn: Mapped[int] = mapped_column(server_default=text("0"))
    presence_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]

    hello_boot: Mapped[int | None]
    hello_seq_head: Mapped[int | None]
    hello_at: Mapped[datetime | None]
    hello: Mapped[dict[str, Any] | None]
    """The last accepted hello, as decoded: firmware, hardware, capabilities, versions."""

    config_ver: Mapped[int | None]
    config: Mapped[dict[str, Any] | None]
    """The settings that it last reported to be in force."""
    config_at: Mapped[datetime | None]

    total_n: Mapped[int | None]
    total_fen: Mapped[int | None]
    total_ml: Mapped[int | None]
    total_at: Mapped[datetime | None]


class Stream(StrEnum):
    TXN = "txn"
    EVT = "evt"


class Assurance(StrEnum):
    """How well it is known that a machine said something; the later, the weaker."""

    CARD = "A"
    """The card's own proof of it was verified."""
    DEVICE = "B"
    """The machine signed it."""
    TRANSPORT = "C"
    """It came over a connection that the machine had opened with its password."""
    CLOUD = "D"
    """Its maker's cloud says so."""


class DeviceStream(Table):
    """How far a numbered stream of a device has been released."""

    __tablename__ = "device_stream"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    stream: Mapped[Stream] = mapped_column(
        primary_key=True,
    )
    upto: Mapped[int]
    """Everything up to here is stored or declared lost; it never falls."""
    head: Mapped[int]
    """The highest number stored or declared lost."""
    gap_since: Mapped[datetime | None]
    """Since when a number below `head` has been missing; null while none is."""
    sparse: Mapped[bool] = mapped_column(server_default=text("false"))
    """The numbers rise but leave holes that mean nothing: a maker's, counted over all machines."""


class LostRange(Table):
    """Facts that a device declared gone for good: they count as released."""

    __tablename__ = "device_lost_range"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    from_seq: Mapped[int] = mapped_column(primary_key=True)
    to_seq: Mapped[int]
    declared_at: Mapped[datetime]


class DeviceEvent(Table):
    """What a device reported of itself: alarms raised and cleared, losses declared."""

    __tablename__ = "device_event"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    evt_seq: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    boot: Mapped[int]
    code: Mapped[str]
    raised: Mapped[bool]
    data: Mapped[dict[str, Any]]
    moment: Mapped[datetime | None]
    received_at: Mapped[datetime]

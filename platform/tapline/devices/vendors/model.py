"""The names that other makers give to machines of ours, and their clouds' ways to us."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class VendorDevice(Table):
    """A machine that speaks its maker's language: the maker's number for it, and ours."""

    __tablename__ = "vendor_device"

    vendor: Mapped[str] = mapped_column(primary_key=True)
    """The name of its adapter."""
    foreign_id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), unique=True)
    is_witness: Mapped[bool] = mapped_column(server_default=text("false"))
    """The machine tells us of its sales itself: what the maker says of it is a second account."""
    bound_at: Mapped[datetime]
    bound_by: Mapped[str]


class VendorLanguage(Table):
    """What a maker's machines can be told, as its adapter declares whenever a gateway starts. One
    that is not here can be told nothing."""

    __tablename__ = "vendor_language"

    vendor: Mapped[str] = mapped_column(primary_key=True)
    operations: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Operations of commands that the language has a word for."""


class VendorAccount(Table):
    """A maker's cloud that may push to an operator."""

    __tablename__ = "vendor_account"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    secret_sealed: Mapped[bytes]
    """What the cloud signs with, encrypted under a key file of the web processes."""
    opened_at: Mapped[datetime]


class VendorPush(Table):
    """A signed push as it came: answered once it is stored, and handled after that."""

    __tablename__ = "vendor_push"
    __table_args__ = (
        UniqueConstraint("tenant_id", "vendor", "nonce"),
        Index("ix_vendor_push_waiting", "push_id", postgresql_where=text("handled_at is null")),
    )

    push_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    vendor: Mapped[str]
    nonce: Mapped[str]
    body: Mapped[bytes]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]

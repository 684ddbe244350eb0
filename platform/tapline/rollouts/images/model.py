"""Firmware images of an operator."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class FirmwareImage(Table):
    """One signed image. Neither it nor its manifest ever changes."""

    __tablename__ = "firmware_image"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sha256", "counter"),
        Index(None, "tenant_id", "uploaded_at"),
        CheckConstraint("size_bytes > 0", name="size_positive"),
    )

    image_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.file_id"))
    version: Mapped[str]
    """What a machine that runs it says in its hello."""
    hw: Mapped[list[Any]]
    """The models that it fits."""
    min_version: Mapped[str | None]
    counter: Mapped[int]
    """The security counter."""
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    manifest: Mapped[bytes]
    signature: Mapped[bytes]
    signed_by: Mapped[str]
    """The public key, hexadecimal."""
    notes: Mapped[str]
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]

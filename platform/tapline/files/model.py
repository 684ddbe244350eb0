"""Files as evidence: what was kept can be erased when its time is over, and never be changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class StoredFile(Table):
    """One content of a tenant, once. The row outlives the content: a hash still proves what was."""

    __tablename__ = "stored_file"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sha256"),
        CheckConstraint("content is null or sha256(content) = sha256", name="content_is_its_hash"),
        CheckConstraint("(content is null) = (erased_at is not null)", name="erased_or_there"),
    )

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    name: Mapped[str]
    """As the sender called it, without folders; no part of any path of ours."""
    media_type: Mapped[str]
    sha256: Mapped[bytes]
    size_bytes: Mapped[int]
    stored_at: Mapped[datetime]
    kept_until: Mapped[datetime | None]
    """Null where it is kept without end."""
    erased_at: Mapped[datetime | None]
    content: Mapped[bytes | None] = mapped_column(deferred=True)

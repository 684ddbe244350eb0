"""What machines shall be set to, and by whom; and the document that comes of it for each."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Level(StrEnum):
    """For which machines a setting holds; the later one wins."""

    MODEL = "model"
    SITE = "site"
    DEVICE = "device"


class SettingChange(Table):
    """Somebody set one value, or took it back. Never changed: the newest counts."""

    __tablename__ = "device_setting_change"
    __table_args__ = (Index(None, "tenant_id", "level", "key", "name", "change_id"),)

    change_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    level: Mapped[Level]
    key: Mapped[str]
    """The model's name, the site's id or the machine's."""
    name: Mapped[str]
    value: Mapped[int | None]
    """Null: taken back."""
    actor: Mapped[str]
    reason: Mapped[str]
    made_at: Mapped[datetime]


class DeviceConfig(Table):
    """What a machine shall have in force."""

    __tablename__ = "device_config"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    """It only rises: a machine takes nothing with the number that it has, or a lower one."""
    document: Mapped[dict[str, Any]]
    composed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When this version was last sent; null before."""

"""The firmware history of machines, by their starts."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class FirmwareRun(Table):
    """From this start on, until the next row's, the machine ran this firmware."""

    __tablename__ = "firmware_run"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    from_boot: Mapped[int] = mapped_column(primary_key=True)
    fw: Mapped[str]
    hw: Mapped[str]
    seen_at: Mapped[datetime]

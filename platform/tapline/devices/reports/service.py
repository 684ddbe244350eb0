from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tapline import clock
from tapline.devices.model import Stream
from tapline.devices.reports.repository import DeviceEventRepository
from tapline.devices.repository import StreamRepository
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One `up/evt`: a code raised or cleared."""

    evt_seq: int
    boot: int
    code: str
    raised: bool
    data: dict[str, Any]
    moment: datetime | None


def take(uow: UnitOfWork, *, tenant_id: str, device_id: str, report: Report) -> tuple[bool, int]:
    """Store an event once.

    Returns:
        whether it is news, and the highest number stored, which is what is released.
    """
    row = StreamRepository(uow).locked(Stream.EVT, [device_id])[device_id]
    fresh = DeviceEventRepository(uow).add(
        {
            "device_id": device_id,
            "evt_seq": report.evt_seq,
            "tenant_id": tenant_id,
            "boot": report.boot,
            "code": report.code,
            "raised": report.raised,
            "data": report.data,
            "moment": report.moment,
            "received_at": clock.now(),
        }
    )
    row.upto = row.head = max(row.upto, report.evt_seq)
    return fresh, row.upto

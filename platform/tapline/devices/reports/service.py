from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tapline import clock
from tapline.devices.model import Stream
from tapline.devices.reports.repository import DeviceEventRepository
from tapline.devices.repository import StreamRepository
from tapline.uow import UnitOfWork

_CLOCK_OFF_MAX = timedelta(hours=1)
"""A machine whose numbers fell while its clock went on by more has counted anew, or too far once:
then the clock says which word is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One `up/evt`: a code raised or cleared."""

    evt_seq: int
    boot: int
    code: str
    raised: bool
    data: dict[str, Any]
    moment: datetime | None


class Taken(NamedTuple):
    """What became of a report, and for how long it held."""

    fresh: bool
    """Whether it is news."""
    upto: int
    """The highest number stored, which is what is released."""
    since: datetime
    until: datetime | None
    """When the machine said the next thing of this code, which came earlier; None where this is
    its last word."""


def take(uow: UnitOfWork, *, tenant_id: str, device_id: str, report: Report) -> Taken:
    """Store an event once."""
    row = StreamRepository(uow).locked(Stream.EVT, [device_id])[device_id]
    events, now = DeviceEventRepository(uow), clock.now()
    fresh = events.add(
        {
            "device_id": device_id,
            "evt_seq": report.evt_seq,
            "tenant_id": tenant_id,
            "boot": report.boot,
            "code": report.code,
            "raised": report.raised,
            "data": report.data,
            "moment": report.moment,
            "received_at": now,
        }
    )
    row.upto = row.head = max(row.upto, report.evt_seq)
    known_since = events.known_since(device_id)
    since = _happened_at(report.moment, now, known_since)
    after = events.following(device_id, report.code, report.evt_seq)
    until = None if after is None else _happened_at(after.moment, after.received_at, known_since)
    if until is not None and since == report.moment and since - until > _CLOCK_OFF_MAX:
        until = None
    return Taken(fresh, row.upto, since, until)


def _happened_at(moment: datetime | None, received_at: datetime, known_since: datetime) -> datetime:
    """By the machine's clock, which is not believed where it says what cannot be."""
    if moment is None or not known_since <= moment <= received_at:
        return received_at
    return moment

"""Devices and what their sensors measured; property managers see those on their sites."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from tapline import clock, reports
from tapline.devices import Presence, telemetry
from tapline.devices.telemetry import Metric
from tapline.reports import DeviceView, Tone
from tapline_api.deps import ApiMember, Transaction

router = APIRouter(prefix="/devices", tags=["devices"])


class DeviceOut(BaseModel):
    """`condition` is the worst of what is known, `why` an alarm's code or the presence."""

    device_id: str
    site_id: UUID | None
    spot: str
    presence: Presence
    last_seen_at: datetime | None
    condition: Tone
    why: str
    since: datetime | None
    pours_today: int
    ml_today: int


class AlarmOut(BaseModel):
    code: str
    raised_at: datetime
    cleared_at: datetime | None


class DeviceDetail(DeviceOut):
    """With its last twenty alarms."""

    firmware: str | None
    hardware: str | None
    total_pours: int | None
    total_ml: int | None
    alarms: list[AlarmOut]


class PointOut(BaseModel):
    """One bucket: `at` is where it begins; values in the metric's unit. Counters are shown by their
    growth: `heat_s` as per cent of the time, `heat_wh` as watts while heating, `taps_n` per hour,
    `misreads_n` as per cent of the taps."""

    at: datetime
    mean: float
    low: float
    high: float


@router.get("")
def list_devices(uow: Transaction, member: ApiMember) -> list[DeviceOut]:
    """Every device that you may see."""
    return [DeviceOut(**_fields(view)) for view in reports.devices(uow, scope=member.scope)]


@router.get("/{device_id}")
def get_device(uow: Transaction, member: ApiMember, device_id: str) -> DeviceDetail:
    """One device."""
    history = reports.device_history(uow, scope=member.scope, device_id=device_id)
    device = history.view.device
    hello = device.hello or {}
    return DeviceDetail(
        **_fields(history.view),
        firmware=hello.get("fw"),
        hardware=hello.get("hw"),
        total_pours=device.total_n,
        total_ml=device.total_ml,
        alarms=[
            AlarmOut(code=alarm.code, raised_at=alarm.raised_at, cleared_at=alarm.cleared_at)
            for alarm in history.alarms
        ],
    )


@router.get("/{device_id}/telemetry")
def get_series(
    *,
    uow: Transaction,
    member: ApiMember,
    device_id: str,
    metric: Metric,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    points: Annotated[int, Query(ge=1, le=2000)] = 300,
) -> list[PointOut]:
    """A metric over [since, until), the last day by default, in about `points` buckets."""
    reports.device_history(uow, scope=member.scope, device_id=device_id, last=1)
    until = until or clock.now()
    series = telemetry.series(
        uow,
        tenant_id=member.tenant_id,
        device_id=device_id,
        metric=metric,
        since=since or until - timedelta(days=1),
        until=until,
        points=points,
    )
    return [
        PointOut(at=point.ts, mean=point.mean, low=point.low, high=point.high) for point in series
    ]


def _fields(view: DeviceView) -> dict[str, Any]:
    return {
        "device_id": view.device.device_id,
        "site_id": view.device.site_id,
        "spot": view.device.spot,
        "presence": view.device.presence,
        "last_seen_at": view.device.last_seen_at,
        "condition": view.condition.tone,
        "why": view.condition.why,
        "since": view.condition.since,
        "pours_today": view.today.pours,
        "ml_today": view.today.ml,
    }

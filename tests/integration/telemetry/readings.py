"""Readings of a device that was started three hours before noon, and what is stored of them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from tapline.devices import telemetry
from tapline.devices.telemetry import Metric, Point, Reading
from tapline.uow import UnitOfWork

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BOOTED = NOON - timedelta(hours=3)
TELLS_THE_TIME = object()


def reading(
    at: datetime = NOON,
    *,
    device_id: str = "WD-0001",
    boot: int = 1,
    booted: datetime = BOOTED,
    says: object = TELLS_THE_TIME,
    received: datetime | None = None,
    metrics: dict[Metric, int] | None = None,
    extra: dict[str, int] | None = None,
) -> Reading:
    """A reading taken `at`; its device `says` so, and it arrives at once, unless told otherwise."""
    moment = at if says is TELLS_THE_TIME else says
    assert moment is None or isinstance(moment, datetime)
    return Reading(
        tenant_id="demo",
        device_id=device_id,
        boot=boot,
        up_ms=(at - booted) // timedelta(milliseconds=1),
        moment=moment,
        received_at=received or at,
        metrics={Metric.TDS_IN: 180} if metrics is None else metrics,
        extra=extra or {},
    )


def stored_moments(uow: UnitOfWork, device_id: str = "WD-0001") -> list[datetime]:
    rows = uow.session.execute(
        text("select ts from telemetry where device_id = :device order by ts"),
        {"device": device_id},
    )
    return [ts.astimezone(UTC) for (ts,) in rows]


def chart(
    uow: UnitOfWork, since: datetime, until: datetime, points: int, *, tenant_id: str = "demo"
) -> list[Point]:
    """The feed water of WD-0001."""
    return telemetry.series(
        uow,
        tenant_id=tenant_id,
        device_id="WD-0001",
        metric=Metric.TDS_IN,
        since=since,
        until=until,
        points=points,
    )

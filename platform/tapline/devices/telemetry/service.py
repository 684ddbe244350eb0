from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from tapline import clock
from tapline.devices.telemetry import counters, rules
from tapline.devices.telemetry.model import Metric, Point, Reading, Snapshot
from tapline.devices.telemetry.repository import TelemetryRepository
from tapline.uow import UnitOfWork


def store(uow: UnitOfWork, *, readings: Sequence[Reading]) -> int:
    """Store each frame once, however often it comes; return how many rows are new.

    A reading stands at the device's own time where that agrees with how long the device has been
    up: at most `rules.LATE_MAX` before and `rules.AHEAD_MAX` after the moment which the first
    message heard of that boot implies. Otherwise it stands at that moment. Both are the same for
    every copy of a frame, whenever it arrives. What then lies outside the same limits around its
    arrival, and an uptime that no device has, is not stored.
    """
    sound = [reading for reading in readings if 0 <= reading.up_ms <= rules.UP_MS_MAX]
    return TelemetryRepository(uow).insert(sound) if sound else 0


def series(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    metric: Metric,
    since: datetime,
    until: datetime,
    points: int,
) -> list[Point]:
    """A metric over [since, until) in about `points` buckets, oldest first, empty ones left out.

    As `charts`, of one metric.
    """
    return charts(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        metrics=[metric],
        since=since,
        until=until,
        points=points,
    )[metric]


def charts(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    metrics: Sequence[Metric],
    since: datetime,
    until: datetime,
    points: int,
) -> Mapping[Metric, list[Point]]:
    """Each metric over [since, until) in about `points` buckets: mean, lowest and highest of each,
    oldest first, empty ones left out. Counters are shown by how fast they grew (`counters`).

    Up to two days come from the readings themselves, longer spans from hours or days: those are
    up to five minutes behind, in whole hours (UTC) or business days. Raises `InvalidError` for
    an empty span.
    """
    buckets = rules.buckets(until - since, points)
    read = TelemetryRepository(uow).series(
        tenant_id=tenant_id,
        device_id=device_id,
        metrics=counters.needed(metrics),
        since=since,
        until=until,
        buckets=buckets,
    )
    return {
        metric: counters.grown(read, metric, width=buckets.width, until=until)
        if metric in counters.SHOWN
        else read[metric]
        for metric in metrics
    }


def newest(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str]
) -> Mapping[str, Snapshot]:
    """The latest reading of each device that sent one within `rules.LATE_MAX`."""
    since = clock.now() - rules.LATE_MAX
    return TelemetryRepository(uow).newest(tenant_id, device_ids, since)


def counted(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    name: str,
    since: datetime,
    until: datetime,
) -> list[tuple[datetime, int]]:
    """What a counter without a column of its own stood at in [since, until], oldest first: the
    first reading of each hour, so far as readings are kept (`rules.RAW_KEPT`)."""
    return TelemetryRepository(uow).counted(tenant_id, device_id, name, since, until)


def maintain(uow: UnitOfWork) -> None:
    """Make partitions ahead, refresh the rollups that readings touched, drop what is too old.

    For the schedule, every five minutes. Any number may run, at once or after a long pause.
    """
    TelemetryRepository(uow).maintain(clock.now())

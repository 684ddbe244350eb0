"""A past for devices that have none: telemetry of an ageing site, written in one go.

Filters clog over months and a demonstration lasts minutes. What is written here is marked as
simulated, device by device, and comes from randomness that no model learns from.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from tapline import clock, faults
from tapline.devices import telemetry
from tapline.devices.telemetry import Metric, Reading
from tapline.uow import UnitOfWork
from tapline_sim.ageing_story import Sample, tell

_BOOT = 0
"""No device that speaks for itself has this one."""
_BATCH = 500


def backfill(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_ids: Sequence[str],
    days: int = 80,
    seed: int = 2,
    clogging: int = 1,
) -> None:
    """Give devices of one site a past of `days` up to the last midnight (Asia/Shanghai). The
    pre-filters of the first `clogging` are near their end; of the others nothing is wrong.

    Raises `ValueError` where the seed has no such site.
    """
    today = clock.business_date(clock.now())
    stories = tell(until=today, days=days, seed=seed, devices=len(device_ids), clogging=clogging)
    since = datetime.combine(today - timedelta(days=days), time(), clock.BUSINESS_ZONE).astimezone(
        UTC
    )
    until = datetime.combine(today, time(), clock.BUSINESS_ZONE).astimezone(UTC)
    readings = [
        _reading(tenant_id, device_id, sample, since)
        for device_id, story in zip(device_ids, stories, strict=True)
        for sample in story
    ]
    for start in range(0, len(readings), _BATCH):
        telemetry.store(uow, readings=readings[start : start + _BATCH])
    telemetry.maintain(uow)
    for device_id in device_ids:
        faults.days.mark_simulated(
            uow, tenant_id=tenant_id, device_id=device_id, since=since, until=until, seed=seed
        )
    faults.days.sum_up(
        uow,
        tenant_id=tenant_id,
        device_ids=device_ids,
        since=today - timedelta(days=days),
        until=today,
    )


def _reading(tenant_id: str, device_id: str, sample: Sample, booted: datetime) -> Reading:
    at = sample.at.astimezone(UTC)
    return Reading(
        tenant_id=tenant_id,
        device_id=device_id,
        boot=_BOOT,
        up_ms=(at - booted) // timedelta(milliseconds=1),
        moment=at,
        received_at=at,
        metrics={Metric(name): value for name, value in sample.metrics.items()},
        extra={"simulated": 1},
    )

"""Histories of real devices, from the days that the core has summed up."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tapline import clock
from tapline.faults import days
from tapline.uow import UnitOfWork
from tapline_ml.features import BASELINE_D, LOOKBACK_D
from tapline_ml.history import SENSORS, History, beginnings
from tapline_ml.policy import PERSIST_D

_BATCH = 500
"""Devices at a time: a few ten megabytes, whatever the size of the fleet."""

Placed = Sequence[tuple[str, UUID | None]]
"""Devices with the site that each stands on."""


class Stored(NamedTuple):
    """Devices, in order, and what is known of them up to a day, which is the last of `history`."""

    device_ids: Sequence[str]
    history: History


def batches(uow: UnitOfWork, *, tenant_id: str) -> Iterator[Placed]:
    """Every device with a history; a site is never split, for neighbours are compared."""
    batch: list[tuple[str, UUID | None]] = []
    known = days.known(uow, tenant_id=tenant_id)
    for _, here in groupby(known, key=lambda placed: placed[1] or placed[0]):
        batch += here
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def load(uow: UnitOfWork, *, tenant_id: str, placed: Placed, day: date) -> Stored:
    """What is known of these devices up to and with `day`."""
    device_ids = [device_id for device_id, _ in placed]
    lives = days.lives(
        uow,
        tenant_id=tenant_id,
        since=day - timedelta(days=LOOKBACK_D + PERSIST_D),
        until=day + timedelta(days=1),
        first_d=BASELINE_D,
        device_ids=device_ids,
    )
    row = {device_id: number for number, device_id in enumerate(device_ids)}
    first = min((one.day for one in lives.days), default=day)
    length = (day - first).days + 1
    sensors = {name: np.full((len(device_ids), length), np.nan) for name in SENSORS}
    rows = [row[one.device_id] for one in lives.days]
    columns = [(one.day - first).days for one in lives.days]
    for name, values in sensors.items():
        values[rows, columns] = [
            np.nan if (value := getattr(one, name)) is None else value for one in lives.days
        ]
    services = [
        (row[service.device_id], (clock.business_date(service.at) - first).days, service.part)
        for service in lives.services
    ]
    return Stored(device_ids, History(_sites(placed), sensors, beginnings(sensors, services)))


def _sites(placed: Placed) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A number for each site; a device that stands nowhere stands alone."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(site or device, len(numbers)) for device, site in placed])

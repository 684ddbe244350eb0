from collections.abc import Collection, Sequence
from typing import NamedTuple

from tapline import clock
from tapline.devices.firmware.model import FirmwareRun
from tapline.devices.firmware.repository import FirmwareRepository
from tapline.uow import UnitOfWork


class Running(NamedTuple):
    """What a machine says that it runs since its start number `boot`."""

    device_id: str
    boot: int
    fw: str
    hw: str


def note(uow: UnitOfWork, *, said: Collection[Running]) -> None:
    """Take the words of different machines on what they run. Their rows are locked."""
    history = FirmwareRepository(uow)
    runs = history.at({one.device_id: one.boot for one in said})
    new = []
    for one in said:
        known = runs.get(one.device_id)
        if known is not None and (known.fw, known.hw) == (one.fw, one.hw):
            continue
        if known is not None and known.from_boot == one.boot:
            known.fw, known.hw = one.fw, one.hw  # within one start the later word counts
            continue
        new.append(_run(one))
    history.add(new)


def _run(said: Running) -> FirmwareRun:
    return FirmwareRun(
        device_id=said.device_id, from_boot=said.boot, fw=said.fw, hw=said.hw, seen_at=clock.now()
    )


def runs(uow: UnitOfWork, *, device_id: str) -> Sequence[FirmwareRun]:
    """What a machine ran, newest first."""
    return FirmwareRepository(uow).of_device(device_id)


def ran(uow: UnitOfWork, *, device_ids: Collection[str], fw: str) -> bool:
    """Whether one of these machines ever ran a firmware."""
    return FirmwareRepository(uow).ran(device_ids, fw)

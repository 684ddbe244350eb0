from collections.abc import Collection, Sequence

from tapline import clock
from tapline.devices.firmware.model import FirmwareRun
from tapline.devices.firmware.repository import FirmwareRepository
from tapline.uow import UnitOfWork


def note(uow: UnitOfWork, *, device_id: str, boot: int, fw: str, hw: str) -> None:
    """Take a machine's word on what it runs since its start number `boot`. Its row is locked."""
    history = FirmwareRepository(uow)
    known = history.at(device_id, boot)
    if known is not None and (known.fw, known.hw) == (fw, hw):
        return
    if known is not None and known.from_boot == boot:
        known.fw, known.hw = fw, hw  # within one start the later word counts
        return
    history.add(FirmwareRun(device_id=device_id, from_boot=boot, fw=fw, hw=hw, seen_at=clock.now()))


def runs(uow: UnitOfWork, *, device_id: str) -> Sequence[FirmwareRun]:
    """What a machine ran, newest first."""
    return FirmwareRepository(uow).of_device(device_id)


def ran(uow: UnitOfWork, *, device_ids: Collection[str], fw: str) -> bool:
    """Whether one of these machines ever ran a firmware."""
    return FirmwareRepository(uow).ran(device_ids, fw)

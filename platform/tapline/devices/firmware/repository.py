from collections.abc import Collection, Sequence

from sqlalchemy import select

from tapline.devices.firmware.model import FirmwareRun
from tapline.uow import UnitOfWork


class FirmwareRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def at(self, device_id: str, boot: int) -> FirmwareRun | None:
        """The run that a start of the machine belongs to."""
        return self._session.scalar(
            select(FirmwareRun)
            .where(FirmwareRun.device_id == device_id, FirmwareRun.from_boot <= boot)
            .order_by(FirmwareRun.from_boot.desc())
            .limit(1)
        )

    def ran(self, device_ids: Collection[str], fw: str) -> bool:
        """Whether one of them ever ran it."""
        runs = select(FirmwareRun).where(
            FirmwareRun.device_id.in_(device_ids), FirmwareRun.fw == fw
        )
        return self._session.scalar(select(runs.exists())) or False

    def add(self, run: FirmwareRun) -> None:
        self._session.add(run)
        self._session.flush()

    def of_device(self, device_id: str) -> Sequence[FirmwareRun]:
        """Newest first."""
        return self._session.scalars(
            select(FirmwareRun)
            .where(FirmwareRun.device_id == device_id)
            .order_by(FirmwareRun.from_boot.desc())
        ).all()

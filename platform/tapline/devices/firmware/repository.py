from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import BigInteger, Text, column, select, values
from sqlalchemy.dialects.postgresql import distinct_on

from tapline.devices.firmware.model import FirmwareRun
from tapline.uow import UnitOfWork


class FirmwareRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def at(self, boots: Mapping[str, int]) -> dict[str, FirmwareRun]:
        """The runs that starts of machines belong to, by machine, where one is known."""
        if not boots:
            return {}
        start = values(column("device_id", Text), column("boot", BigInteger), name="start")
        asked = start.data(sorted(boots.items()))
        rows = self._session.scalars(
            select(FirmwareRun)
            .ext(distinct_on(FirmwareRun.device_id))
            .join(asked, FirmwareRun.device_id == asked.c.device_id)
            .where(FirmwareRun.from_boot <= asked.c.boot)
            .order_by(FirmwareRun.device_id, FirmwareRun.from_boot.desc())
        )
        return {row.device_id: row for row in rows}

    def ran(self, device_ids: Collection[str], fw: str) -> bool:
        """Whether one of them ever ran it."""
        runs = select(FirmwareRun).where(
            FirmwareRun.device_id.in_(device_ids), FirmwareRun.fw == fw
        )
        return self._session.scalar(select(runs.exists())) or False

    def add(self, runs: Collection[FirmwareRun]) -> None:
        self._session.add_all(runs)
        self._session.flush()

    def of_device(self, device_id: str) -> Sequence[FirmwareRun]:
        """Newest first."""
        return self._session.scalars(
            select(FirmwareRun)
            .where(FirmwareRun.device_id == device_id)
            .order_by(FirmwareRun.from_boot.desc())
        ).all()

from collections.abc import Sequence

from sqlalchemy import BigInteger, cast, select

from tapline.devices.model import Device
from tapline.devices.tariffs.model import TariffVersion
from tapline.uow import UnitOfWork


class TariffRepository:
    """Tariffs of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def find(self, version: int) -> TariffVersion | None:
        return self._session.get(TariffVersion, (self._tenant_id, version))

    def add(self, tariff: TariffVersion) -> None:
        self._session.add(tariff)
        self._session.flush()

    def listed(self) -> Sequence[TariffVersion]:
        """Highest version first."""
        return self._session.scalars(
            select(TariffVersion)
            .where(TariffVersion.tenant_id == self._tenant_id)
            .order_by(TariffVersion.version.desc())
        ).all()

    def held(self) -> list[tuple[str, int]]:
        """(device, version) as each said when it last connected; 0 is none."""
        version = cast(Device.hello["tariff_ver"].astext, BigInteger)
        rows = self._session.execute(
            select(Device.device_id, version)
            .where(Device.tenant_id == self._tenant_id, version > 0)
            .order_by(Device.device_id)
        )
        return [(device_id, held) for device_id, held in rows]

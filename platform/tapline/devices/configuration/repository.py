from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from tapline.devices.configuration.model import DeviceConfig, Level, SettingChange
from tapline.devices.model import Device, Presence
from tapline.uow import UnitOfWork


class SettingRepository:
    """What was set for the machines of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, change: SettingChange) -> None:
        self._session.add(change)
        self._session.flush()

    def in_force(self) -> dict[tuple[Level, str], dict[str, int]]:
        """(level, key) -> name -> value."""
        setting = (SettingChange.level, SettingChange.key, SettingChange.name)
        newest = (
            select(*setting, SettingChange.value)
            .ext(distinct_on(*setting))
            .where(SettingChange.tenant_id == self._tenant_id)
            .order_by(*setting, SettingChange.change_id.desc())
        )
        found: dict[tuple[Level, str], dict[str, int]] = defaultdict(dict)
        for level, key, name, value in self._session.execute(newest):
            if value is not None:
                found[level, key][name] = value
        return found

    def history(self, limit: int) -> Sequence[SettingChange]:
        """Newest first."""
        return self._session.scalars(
            select(SettingChange)
            .where(SettingChange.tenant_id == self._tenant_id)
            .order_by(SettingChange.change_id.desc())
            .limit(limit)
        ).all()

    def models(self) -> list[tuple[str, int]]:
        """(model, machines) as machines call themselves."""
        model = Device.hello["hw"].astext
        rows = self._session.execute(
            select(model, func.count())
            .where(Device.tenant_id == self._tenant_id, model.is_not(None))
            .group_by(model)
            .order_by(model)
        )
        return [(name, count) for name, count in rows]

    def locked(self, device_ids: Collection[str]) -> dict[str, DeviceConfig]:
        rows = self._session.scalars(
            select(DeviceConfig)
            .where(
                DeviceConfig.tenant_id == self._tenant_id,
                DeviceConfig.device_id.in_(sorted(device_ids)),
            )
            .order_by(DeviceConfig.device_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.device_id: row for row in rows}

    def add_config(self, config: DeviceConfig) -> None:
        self._session.add(config)
        self._session.flush()

    def configured(self, device_id: str | None = None) -> Sequence[tuple[DeviceConfig, Device]]:
        """Documents with their machines, by id."""
        rows = (
            select(DeviceConfig, Device)
            .join(Device, Device.device_id == DeviceConfig.device_id)
            .where(DeviceConfig.tenant_id == self._tenant_id)
            .order_by(DeviceConfig.device_id)
        )
        if device_id is not None:
            rows = rows.where(DeviceConfig.device_id == device_id)
        return [(config, device) for config, device in self._session.execute(rows)]


class ConfigQueue:
    """What is to be sent, of all tenants."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def forget(self, device_id: str) -> None:
        self._session.execute(delete(DeviceConfig).where(DeviceConfig.device_id == device_id))

    def untold(self, limit: int, told_before: datetime) -> Sequence[DeviceConfig]:
        """Documents that connected machines lack, and that were not sent since `told_before`."""
        lacking = or_(Device.config_ver.is_(None), Device.config_ver < DeviceConfig.version)
        return self._session.scalars(
            select(DeviceConfig)
            .join(Device, Device.device_id == DeviceConfig.device_id)
            .where(
                lacking,
                Device.hello_at.is_not(None),
                Device.presence.not_in([Presence.OFFLINE, Presence.LOST]),
                or_(DeviceConfig.told_at.is_(None), DeviceConfig.told_at <= told_before),
            )
            .order_by(DeviceConfig.device_id)
            .limit(limit)
            .with_for_update(of=DeviceConfig, skip_locked=True)
        ).all()

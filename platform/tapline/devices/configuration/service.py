from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tapline import audit, clock, sites
from tapline.devices import tariffs
from tapline.devices.configuration import rules
from tapline.devices.configuration.model import DeviceConfig, Level, SettingChange
from tapline.devices.configuration.repository import ConfigQueue, SettingRepository
from tapline.devices.configuration.rules import Field, FieldState
from tapline.devices.model import Device
from tapline.devices.repository import DeviceRepository
from tapline.errors import DeniedError, InvalidError, NotFoundError
from tapline.events import DeviceChanged
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork

SETTERS = frozenset({Role.SUPERVISOR, Role.ADMIN})


class Untold(NamedTuple):
    """A document to be sent to a machine."""

    tenant_id: str
    device_id: str
    version: int
    document: dict[str, Any]


class Kept(NamedTuple):
    """A machine, and which versions of settings and tariff it says that it keeps."""

    device: Device
    cfg_ver: int
    tariff_ver: int


class ConfigView(NamedTuple):
    """A machine's settings, wanted and reported."""

    device: Device
    config: DeviceConfig
    fields: Sequence[Field]

    @property
    def state(self) -> FieldState:
        """What they are as a whole."""
        return rules.worst([one.state for one in self.fields])


def put(
    uow: UnitOfWork,
    *,
    staff: Staff,
    level: Level,
    key: str,
    name: str,
    value: int | None,
    reason: str,
) -> int:
    """Set a value for a model, a site or a machine; None takes it back.

    Returns:
        how many machines are sent another document for it.

    Raises:
        DeniedError: the role may not.
        InvalidError: no such setting, out of bounds, a tariff that is not published, no reason.
        NotFoundError: the tenant has no such site or machine.
    """
    _check_setter(staff, reason)
    tenant_id = staff.tenant_id
    if value is not None:
        rules.check(name, value)
        if name == rules.TARIFF and value not in tariffs.known(uow, tenant_id=tenant_id):
            raise InvalidError(f"tariff {value} is not published: publish it first")
    elif name not in rules.SETTINGS:
        raise InvalidError(f"no setting {name!r}; known: {', '.join(rules.SETTINGS)}")
    machines = _machines(uow, tenant_id, level, key)
    SettingRepository(uow, tenant_id).add(
        SettingChange(
            tenant_id=tenant_id,
            level=level,
            key=key,
            name=name,
            value=value,
            actor=staff.login,
            reason=reason.strip(),
            made_at=clock.now(),
        )
    )
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="setting.put",
        subject=f"{level}:{key}",
        reason=f"{name} = {'—' if value is None else value}: {reason.strip()}",
    )
    return _compose(uow, tenant_id, machines)


def push_again(uow: UnitOfWork, *, staff: Staff, device_id: str, reason: str) -> None:
    """Send a machine its settings under a new number, which it cannot take for a copy.

    Raises:
        DeniedError: the role may not.
        InvalidError: no reason.
        NotFoundError: nothing is set for such a machine.
    """
    _check_setter(staff, reason)
    config = SettingRepository(uow, staff.tenant_id).locked([device_id]).get(device_id)
    if config is None:
        raise NotFoundError(f"nothing is set for {device_id}")
    device = DeviceRepository(uow).get(staff.tenant_id, device_id)
    _renumber(config, device)
    audit.record(
        uow,
        tenant_id=staff.tenant_id,
        actor=staff.login,
        action="setting.push",
        subject=f"device:{device_id}",
        reason=reason.strip(),
    )


def greeted(uow: UnitOfWork, *, tenant_id: str, kept: Sequence[Kept]) -> None:
    """Mind what different machines of a tenant say in hellos that they keep; they are locked.

    One that keeps less than it reported lost its memory, and is told again; one that keeps a higher
    number than ours, from another operator or before a backup of ours, is told a higher one still.
    """
    for device, cfg_ver, _ in kept:
        if cfg_ver < (device.config_ver or 0):
            device.config_ver, device.config = cfg_ver, None
    machines = [device for device, *_ in kept]
    _compose(uow, tenant_id, machines)
    configs = SettingRepository(uow, tenant_id).locked([one.device_id for one in machines])
    for device, cfg_ver, tariff_ver in kept:
        config = configs.get(device.device_id)
        if config is None:
            continue
        if cfg_ver > config.version or _lost_tariff(config, device, tariff_ver):
            _renumber(config, device, cfg_ver)
        elif cfg_ver < config.version:
            config.told_at = None


def reported(uow: UnitOfWork, *, device: Device) -> None:
    """A machine said what is in force: pages that show it look again."""
    uow.emit(DeviceChanged(tenant_id=device.tenant_id, device_id=device.device_id))


def moved(uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str]) -> None:
    """Compose anew for machines that stand elsewhere now."""
    devices = [DeviceRepository(uow).get(tenant_id, one) for one in sorted(device_ids)]
    _compose(uow, tenant_id, devices)


def forget(uow: UnitOfWork, *, device_id: str) -> None:
    """A machine became another operator's: what this one wanted of it is over."""
    ConfigQueue(uow).forget(device_id)


def take_untold(uow: UnitOfWork, *, limit: int, unanswered_s: int) -> list[Untold]:
    """Documents to send now; they count as sent, and are sent again where no answer comes."""
    now = clock.now()
    rows = ConfigQueue(uow).untold(limit, now - timedelta(seconds=unanswered_s))
    for row in rows:
        row.told_at = now
    return [Untold(row.tenant_id, row.device_id, row.version, row.document) for row in rows]


def view(uow: UnitOfWork, *, tenant_id: str, device_id: str) -> ConfigView | None:
    """One machine's settings, field by field; None where nothing is set for it."""
    settings = SettingRepository(uow, tenant_id)
    found = settings.configured(device_id)
    return _view(settings.in_force(), *found[0]) if found else None


def listed(uow: UnitOfWork, *, tenant_id: str) -> list[ConfigView]:
    """Every machine for which something is set, by id."""
    settings = SettingRepository(uow, tenant_id)
    in_force = settings.in_force()
    return [_view(in_force, config, device) for config, device in settings.configured()]


def in_force(uow: UnitOfWork, *, tenant_id: str) -> dict[tuple[Level, str], dict[str, int]]:
    """What is set, by (level, key)."""
    return SettingRepository(uow, tenant_id).in_force()


def history(uow: UnitOfWork, *, tenant_id: str, limit: int = 50) -> Sequence[SettingChange]:
    """Who set what and why, newest first."""
    return SettingRepository(uow, tenant_id).history(limit)


def models(uow: UnitOfWork, *, tenant_id: str) -> list[tuple[str, int]]:
    """The models that machines say they are, with how many there are of each."""
    return SettingRepository(uow, tenant_id).models()


def _check_setter(staff: Staff, reason: str) -> None:
    if staff.role not in SETTERS:
        raise DeniedError("a supervisor or an administrator sets machines: ask one")
    if not reason.strip():
        raise InvalidError("say why: whoever finds the machine so will ask")


def _machines(uow: UnitOfWork, tenant_id: str, level: Level, key: str) -> Sequence[Device]:
    devices = DeviceRepository(uow)
    match level:
        case Level.DEVICE:
            return [devices.get(tenant_id, key)]
        case Level.SITE:
            site_id = _site_id(key)
            if not sites.listed(uow, tenant_id=tenant_id, among=[site_id]):
                raise NotFoundError("no such site")
            return devices.listed(tenant_id, [site_id])
        case Level.MODEL:
            if not 1 <= len(key) <= 64:
                raise InvalidError("name the model as its machines do, in 1 to 64 characters")
            return [one for one in devices.listed(tenant_id, None) if _model(one) == key]


def _site_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError("no such site") from None


def _model(device: Device) -> str | None:
    return device.hello.get("hw") if device.hello else None


def _compose(uow: UnitOfWork, tenant_id: str, devices: Iterable[Device]) -> int:
    """Bring the documents of machines up to what is set; how many changed."""
    machines = {one.device_id: one for one in devices}
    settings, known = SettingRepository(uow, tenant_id), tariffs.known(uow, tenant_id=tenant_id)
    values, rows = settings.in_force(), settings.locked(machines)
    changed = 0
    for device_id, device in machines.items():
        document = rules.document(rules.chosen(values, _keys(device)), known)
        config = rows.get(device_id)
        if (config.document if config else {}) == document:
            continue
        if config is None:
            config = _blank(device)
            settings.add_config(config)
        config.document = document
        _renumber(config, device)
        changed += 1
    return changed


def _keys(device: Device) -> dict[Level, str | None]:
    return {
        Level.MODEL: _model(device),
        Level.SITE: str(device.site_id) if device.site_id else None,
        Level.DEVICE: device.device_id,
    }


def _blank(device: Device) -> DeviceConfig:
    return DeviceConfig(
        device_id=device.device_id,
        tenant_id=device.tenant_id,
        version=0,
        document={},
        composed_at=clock.now(),
    )


def _renumber(config: DeviceConfig, device: Device, kept: int = 0) -> None:
    """The next number, above whatever the machine may have heard of."""
    config.version = max(config.version, device.config_ver or 0, kept) + 1
    config.composed_at, config.told_at = clock.now(), None


def _lost_tariff(config: DeviceConfig, device: Device, tariff_ver: int) -> bool:
    """Whether a machine had the tariff of this document in force and says that it has not."""
    wanted = config.document.get(rules.TARIFF)
    had = (device.config or {}).get(rules.TARIFF) if device.config_ver == config.version else None
    return wanted is not None and had == wanted and tariff_ver != wanted["ver"]


def _view(values: rules.Values, config: DeviceConfig, device: Device) -> ConfigView:
    origins = rules.chosen(values, _keys(device))
    is_current = (device.config_ver or 0) >= config.version
    fields = [
        Field(name, wanted, said, state, origins[name].level if name in origins else None)
        for name, wanted, said, state in rules.compared(
            config.document, device.config, is_current=is_current
        )
    ]
    return ConfigView(device, config, fields)

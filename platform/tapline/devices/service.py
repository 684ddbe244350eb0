import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tapline import clock
from tapline.devices.model import Device, DeviceStream, Presence, Stream
from tapline.devices.repository import DeviceRepository, StreamRepository
from tapline.devices.rules import is_device_id
from tapline.devices.vault import KEY_BYTES, Vault
from tapline.devices.vendors.repository import VendorRepository
from tapline.errors import ConflictError, InvalidError
from tapline.events import DeviceChanged, ReleasedFactsMissing
from tapline.uow import UnitOfWork

_SEEN_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A new device with its secrets, which are told this once."""

    device: Device
    key: bytes
    mqtt_password: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Lifetime counters: pours, fen, millilitres."""

    n: int
    fen: int
    ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What a device says of itself after each connect; `document` is the whole of it."""

    boot: int
    seq_head: int
    seq_acked: int
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HelloOutcome:
    """What a hello showed: whether facts that we had released are gone here, and how far the
    device's events are stored."""

    lost_released: bool
    evt_upto: int


class Standing(NamedTuple):
    """The last fact that a device says it wrote, and up to where we have released them."""

    seq_head: int
    upto: int

    @property
    def owes_nothing(self) -> bool:
        """Whether everything that it wrote is here."""
        return self.seq_head <= self.upto


def register(
    uow: UnitOfWork,
    *,
    vault: Vault,
    hash_password: Callable[[str], str],
    tenant_id: str,
    device_id: str,
    site_id: UUID | None = None,
    spot: str = "",
) -> Provisioned:
    """Make a device known, with a frame key and an MQTT password of its own.

    Args:
        uow: the transaction.
        vault: what the key rests under.
        hash_password: turns the MQTT password into the broker's form of it.
        tenant_id: whose device it is.
        device_id: its MQTT client id, unique among all tenants.
        site_id: where it stands, if that is known yet.
        spot: where on the site, in words.

    Raises:
        InvalidError: the id cannot be a level of a topic.
        ConflictError: the id is taken.
    """
    if not is_device_id(device_id):
        raise InvalidError(
            f"device id {device_id!r}: use 1 to 32 letters, digits, hyphens and underscores, not"
            " beginning with gateway or claim-"
        )
    devices = DeviceRepository(uow)
    if devices.exists(device_id):
        raise ConflictError(f"device {device_id} exists; ids are unique among all tenants")
    if VendorRepository(uow).logs_in_as(device_id):
        raise ConflictError(f"{device_id} is what another maker calls a machine: choose another id")
    key, password = secrets.token_bytes(KEY_BYTES), secrets.token_urlsafe(18)
    device = Device(
        device_id=device_id,
        tenant_id=tenant_id,
        site_id=site_id,
        spot=spot,
        key_sealed=vault.seal(device_id, key),
        mqtt_password_hash=hash_password(password),
        presence=Presence.NEVER,
        presence_boot=0,
        presence_conn=0,
    )
    devices.add(device)
    return Provisioned(device, key, password)


def get(uow: UnitOfWork, *, tenant_id: str, device_id: str, lock: bool = False) -> Device:
    """One device of the tenant, locked where it is going to change; else `NotFoundError`."""
    return DeviceRepository(uow).get(tenant_id, device_id, lock=lock)


def locked(uow: UnitOfWork, *, names: Collection[tuple[str, str]]) -> dict[str, Device]:
    """Devices by (tenant, id), locked, by their ids; `NotFoundError` where one is not there."""
    return DeviceRepository(uow).locked(names)


def listed(
    uow: UnitOfWork, *, tenant_id: str, sites: Collection[UUID] | None = None
) -> Sequence[Device]:
    """A tenant's devices by id; for property people only those on their `sites`."""
    return DeviceRepository(uow).listed(tenant_id, sites)


def mark_seen(uow: UnitOfWork, *, device_ids: Collection[str]) -> None:
    """Note that these devices spoke just now."""
    DeviceRepository(uow).mark_seen(device_ids, clock.now(), _SEEN_EVERY)


def mark_presence(
    uow: UnitOfWork, *, device: Device, state: Presence, boot: int, conn: int
) -> None:
    """Take a presence report that is news. `device` is locked."""
    device.presence = state
    device.presence_boot, device.presence_conn = boot, conn
    device.presence_at = clock.now()
    DeviceRepository.write_presence(device)
    uow.emit(DeviceChanged(tenant_id=device.tenant_id, device_id=device.device_id))


def greet(uow: UnitOfWork, *, hellos: Collection[tuple[Device, Hello]]) -> dict[str, HelloOutcome]:
    """Take hellos of different devices that are news. A first one says where the stream of the
    locked device starts.

    A later one whose `seq_acked` lies above what we released means that we have lost facts: the
    range is reported and the stream moves on, so that the device is not held up by it. The caller
    then counts in what is stored beyond (`advance_streams`).
    """
    names = [device.device_id for device, _ in hellos]
    rows = StreamRepository(uow).locked(Stream.TXN, names)
    evt_uptos = StreamRepository(uow).uptos(names, Stream.EVT)
    outcomes = {}
    for device, hello in hellos:
        lost_released = _move_to(uow, device, rows[device.device_id], hello)
        device.hello_boot, device.hello_seq_head = hello.boot, hello.seq_head
        device.hello, device.hello_at = hello.document, clock.now()
        DeviceRepository.write_hello(device)
        outcomes[device.device_id] = HelloOutcome(lost_released, evt_uptos.get(device.device_id, 0))
    return outcomes


def _move_to(uow: UnitOfWork, device: Device, row: DeviceStream, hello: Hello) -> bool:
    """Move a stream to where its device has released its facts; whether we have lost some."""
    # More acknowledged than written is erased memory, no word about us.
    acked = min(hello.seq_acked, hello.seq_head)
    lost_released = acked > row.upto and device.hello_boot is not None
    if lost_released:
        uow.emit(
            ReleasedFactsMissing(
                tenant_id=device.tenant_id,
                device_id=device.device_id,
                from_seq=row.upto + 1,
                to_seq=acked,
            )
        )
    row.upto = max(row.upto, acked)
    row.head = max(row.head, row.upto)
    return lost_released


def report_totals(*, device: Device, totals: Totals) -> None:
    """Take lifetime counters that have not fallen. `device` is locked."""
    device.total_n, device.total_fen, device.total_ml = totals.n, totals.fen, totals.ml
    device.total_at = clock.now()


def report_config(*, device: Device, version: int, document: dict[str, Any]) -> None:
    """Take the settings that a locked `device` says are in force; an older version is a copy."""
    if version >= (device.config_ver or 0):
        device.config_ver, device.config, device.config_at = version, document, clock.now()


def upto(uow: UnitOfWork, *, device_id: str, stream: Stream) -> int:
    """Everything up to here of the stream is released."""
    return StreamRepository(uow).uptos([device_id], stream).get(device_id, 0)


def declare_lost(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, from_seq: int, to_seq: int
) -> None:
    """Take the device's word that these facts are gone for good, as far as they are known to have
    been written: what lies ahead cannot be lost, and its release would have it deleted unsent.

    Raises:
        InvalidError: the range is empty or does not start at 1 or later.
    """
    if not 1 <= from_seq <= to_seq:
        raise InvalidError(f"no range of facts: {from_seq} to {to_seq}")
    device = DeviceRepository(uow).get(tenant_id, device_id)
    streams = StreamRepository(uow)
    row = streams.locked(Stream.TXN, [device_id])[device_id]
    to_seq = min(to_seq, max(row.head, device.hello_seq_head or 0))
    if from_seq <= to_seq:
        streams.add_lost(device_id, (from_seq, to_seq), clock.now())
        row.head = max(row.head, to_seq)

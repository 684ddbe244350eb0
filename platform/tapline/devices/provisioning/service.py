import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from tapline import audit, clock
from tapline.devices import credentials
from tapline.devices import service as devices
from tapline.devices.credentials import Door, Secrets, hashed
from tapline.devices.model import Device
from tapline.devices.provisioning import rules
from tapline.devices.provisioning.model import ClaimBatch, ShippedDevice
from tapline.devices.provisioning.repository import ProvisioningRepository
from tapline.devices.provisioning.rules import Box
from tapline.devices.repository import DeviceRepository
from tapline.devices.vault import KEY_BYTES, Vault
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.events import CredentialsChanged
from tapline.files import sheets
from tapline.uow import UnitOfWork

_DAYS_MAX = 730


class ClaimLogin(NamedTuple):
    """A batch's credential with its secrets, which are told this once."""

    batch: ClaimBatch
    key: bytes
    password: str


class Question(NamedTuple):
    """What a new device asks."""

    claim_id: str
    serial: str
    public_key: str


class Claimed(NamedTuple):
    """The answer: a box with the device's secrets, or why there is none."""

    box: Box | None
    why: str | None = None


def open_batch(
    uow: UnitOfWork,
    *,
    vault: Vault,
    tenant_id: str,
    maker: str,
    batch: str,
    days: int,
    actor: str,
) -> ClaimLogin:
    """Make the credential that the devices of a maker's batch leave the factory with.

    Raises:
        InvalidError: maker or batch is empty, or `days` is out of bounds.
    """
    if not maker.strip() or not batch.strip():
        raise InvalidError("name the maker and the batch, as they stand in the shipment list")
    if not 1 <= days <= _DAYS_MAX:
        raise InvalidError(f"a batch may claim for 1 to {_DAYS_MAX} days, not {days}")
    claim_id = f"claim-{secrets.token_hex(6)}"
    key, password = secrets.token_bytes(KEY_BYTES), secrets.token_urlsafe(18)
    made = ClaimBatch(
        claim_id=claim_id,
        tenant_id=tenant_id,
        maker=maker.strip(),
        batch=batch.strip(),
        key_sealed=vault.seal(claim_id, key),
        mqtt_password_hash=hashed(password),
        actor=actor,
        made_at=clock.now(),
        ends_at=clock.now() + timedelta(days=days),
    )
    ProvisioningRepository(uow).add(made)
    _record(uow, made, actor, "claim.open", f"{made.maker} {made.batch}")
    return ClaimLogin(made, key, password)


def close_batch(uow: UnitOfWork, *, tenant_id: str, claim_id: str, actor: str, reason: str) -> None:
    """End a batch's credential now. Devices that have their own keep it.

    Raises:
        NotFoundError: the tenant has no such batch.
    """
    found = ProvisioningRepository(uow).batch(claim_id)
    if found is None or found.tenant_id != tenant_id:
        raise NotFoundError(f"no batch {claim_id}")
    found.ends_at = min(found.ends_at, clock.now())
    _record(uow, found, actor, "claim.close", reason)


def _record(uow: UnitOfWork, batch: ClaimBatch, actor: str, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=batch.tenant_id,
        actor=actor,
        action=action,
        subject=f"claim:{batch.claim_id}",
        reason=reason,
    )
    uow.emit(CredentialsChanged(tenant_id=batch.tenant_id, device_id=batch.claim_id))


def import_shipment(
    uow: UnitOfWork, *, tenant_id: str, maker: str, content: bytes, actor: str
) -> int:
    """Take a maker's shipment list, CSV or Excel: serial, batch, model, firmware, and the device's
    public key where it is known. A line that is known and not claimed yet is replaced.

    Returns:
        how many devices it names.

    Raises:
        InvalidError: it cannot be read, or a line cannot be: nothing is taken.
        ConflictError: a device of it is claimed already, registered, or another tenant's.
    """
    if not maker.strip():
        raise InvalidError("name the maker")
    listed = rules.lines(sheets.read(content))
    repository = ProvisioningRepository(uow)
    known = repository.known([line.serial for line in listed])
    for line in listed:
        row = known.get(line.serial)
        taken = DeviceRepository(uow).exists(line.serial)
        if taken or (row is not None and (row.tenant_id != tenant_id or row.claimed_at)):
            raise ConflictError(f"{line.serial} is a device already: take it out of the list")
    for line in listed:
        row = known.get(line.serial) or ShippedDevice(serial=line.serial, tenant_id=tenant_id)
        row.maker, row.batch, row.model = maker.strip(), line.batch, line.model
        row.firmware, row.public_key = line.firmware, line.public_key
        row.listed_at = clock.now()
        repository.add(row)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="shipment.import",
        subject=f"maker:{maker.strip()}",
        reason=f"{len(listed)}",
    )
    return len(listed)


def claim(uow: UnitOfWork, *, vault: Vault, tenant_id: str, question: Question) -> Claimed:
    """Give a shipped device a key and a login of its own.

    Asked again with the same public key before the device has ever spoken, it is given others: the
    answer may have been lost. With another public key it is refused until a person frees it.
    """
    repository = ProvisioningRepository(uow)
    batch = repository.batch(question.claim_id)
    if batch is None or batch.tenant_id != tenant_id or batch.ends_at <= clock.now():
        return Claimed(None, "ended")
    shipped = repository.shipped(question.serial, lock=True)
    if shipped is None or (shipped.tenant_id, shipped.maker, shipped.batch) != (
        tenant_id,
        batch.maker,
        batch.batch,
    ):
        return Claimed(None, "unknown")
    if shipped.public_key not in {None, question.public_key}:
        return Claimed(None, "unknown")
    if shipped.claimed_by not in {None, question.public_key} or _has_spoken(uow, shipped):
        return Claimed(None, "claimed")
    made = _enrolled(uow, vault, shipped)
    box = rules.claim_box(made, question.public_key)
    if box is None:
        raise InvalidError(f"{question.serial} sent no X25519 public key")
    shipped.claimed_by, shipped.claimed_at = question.public_key, clock.now()
    return Claimed(box)


def _has_spoken(uow: UnitOfWork, shipped: ShippedDevice) -> bool:
    if shipped.claimed_by is None:  # not claimed yet, or freed since
        return False
    device = DeviceRepository(uow).named(shipped.serial)
    return device is None or device.last_seen_at is not None or device.revoked_at is not None


def _enrolled(uow: UnitOfWork, vault: Vault, shipped: ShippedDevice) -> Secrets:
    if shipped.claimed_at is None:
        made = devices.register(
            uow,
            vault=vault,
            hash_password=hashed,
            tenant_id=shipped.tenant_id,
            device_id=shipped.serial,
            site_id=shipped.site_id,
        )
        device, key, password = made.device, made.key, made.mqtt_password
    else:
        device = DeviceRepository(uow).get(shipped.tenant_id, shipped.serial, lock=True)
        key, password = secrets.token_bytes(KEY_BYTES), secrets.token_urlsafe(18)
        device.key_sealed = vault.seal(device.device_id, key)
        device.mqtt_password_hash = hashed(password)
        device.revoked_at = None
    _enrol(uow, device, shipped)
    return Secrets(shipped.tenant_id, shipped.serial, key, password)


def _enrol(uow: UnitOfWork, device: Device, shipped: ShippedDevice) -> None:
    device.credentials_at = clock.now()
    uow.session.flush()
    audit.record(
        uow,
        tenant_id=shipped.tenant_id,
        actor=audit.SYSTEM,
        action="device.claim",
        subject=f"device:{shipped.serial}",
        reason=f"{shipped.maker} {shipped.batch}",
    )
    uow.emit(CredentialsChanged(tenant_id=shipped.tenant_id, device_id=shipped.serial))


def free(uow: UnitOfWork, *, tenant_id: str, serial: str, actor: str, reason: str) -> None:
    """Let a device be claimed anew, whose key or first answer was lost; what it had ends now.

    Raises:
        NotFoundError: no such device was shipped to the tenant.
        ConflictError: it was not claimed.
    """
    shipped = ProvisioningRepository(uow).shipped(serial, lock=True)
    if shipped is None or shipped.tenant_id != tenant_id:
        raise NotFoundError(f"no shipped device {serial}")
    if shipped.claimed_at is None:
        raise ConflictError(f"{serial} was not claimed: nothing needs to be freed")
    device = DeviceRepository(uow).get(tenant_id, serial, lock=True)
    if device.revoked_at is None:
        credentials.revoke(
            uow, tenant_id=tenant_id, device_id=serial, actor=actor, reason=reason or "freed"
        )
    device.last_seen_at = None
    shipped.claimed_by = None
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="device.free",
        subject=f"device:{serial}",
        reason=reason,
    )


def claim_keys(uow: UnitOfWork) -> list[tuple[str, str, bytes]]:
    """(tenant, claim id, sealed key) of the batches that may claim now."""
    live = ProvisioningRepository(uow).live(clock.now())
    return [(one.tenant_id, one.claim_id, one.key_sealed) for one in live]


def doors(uow: UnitOfWork) -> dict[str, Door]:
    """What the credentials of batches that may claim now open, by user name."""
    return {one.claim_id: _door(one) for one in ProvisioningRepository(uow).live(clock.now())}


def door(uow: UnitOfWork, *, username: str) -> Door | None:
    """What a batch's credential opens: the one question and its answer; None where it is none."""
    batch = ProvisioningRepository(uow).batch(username)
    if batch is None:
        return None
    return _door(batch) if batch.ends_at > clock.now() else Door((), (), ())


def _door(batch: ClaimBatch) -> Door:
    root = f"tl1/{batch.tenant_id}/{batch.claim_id}"
    return Door([batch.mqtt_password_hash], [f"{root}/up/claim"], [f"{root}/dn/claim"])


def batches(uow: UnitOfWork, *, tenant_id: str) -> Sequence[ClaimBatch]:
    """A tenant's batches, newest first."""
    return ProvisioningRepository(uow).batches(tenant_id)


def shipped(uow: UnitOfWork, *, tenant_id: str, limit: int = 500) -> Sequence[ShippedDevice]:
    """What makers shipped to a tenant, newest first."""
    return ProvisioningRepository(uow).listed(tenant_id, limit)

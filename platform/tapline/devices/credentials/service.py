import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tapline import audit, clock
from tapline.devices import certificates, commands
from tapline.devices.commands import OPEN
from tapline.devices.credentials import rules
from tapline.devices.credentials.repository import CredentialRepository, Login, Sealed
from tapline.devices.credentials.rules import Door, Secrets
from tapline.devices.model import Device, Presence
from tapline.devices.repository import DeviceRepository
from tapline.devices.vault import KEY_BYTES, Vault
from tapline.errors import ConflictError, InvalidError
from tapline.events import CredentialsChanged, DeviceChanged, RotationAsked
from tapline.people import Role
from tapline.uow import UnitOfWork

KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
REKEY = "rekey"
_REKEY_TTL_S = 7 * 24 * 3600
"""As long as a device keeps its session."""


class KeyRow(NamedTuple):
    """What frames of a device may be signed with, sealed; none where it is revoked."""

    tenant_id: str
    device_id: str
    sealed: bytes | None
    next_tenant_id: str | None
    next_sealed: bytes | None
    changed_at: datetime


def keys(uow: UnitOfWork, *, since: datetime | None = None) -> Sequence[KeyRow]:
    """The keys of all devices, or of those whose credentials changed at `since` or later."""
    return [_row(one) for one in CredentialRepository(uow).changed(since)]


def _row(one: Sealed) -> KeyRow:
    if one.revoked_at is not None:
        return KeyRow(one.tenant_id, one.device_id, None, None, None, one.changed_at)
    following = (one.next_tenant_id or one.tenant_id) if one.next_key_sealed else None
    return KeyRow(
        one.tenant_id,
        one.device_id,
        one.key_sealed,
        following,
        one.next_key_sealed,
        one.changed_at,
    )


def ask_rotation(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, actor: str, reason: str
) -> None:
    """Have a device given another key; whoever holds the key file makes it.

    Raises:
        InvalidError: no reason.
        NotFoundError: the tenant has no such device.
        ConflictError: it is revoked, or a key is on its way to it.
    """
    _check_reason(reason)
    device = DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    _check_free(uow, device)
    uow.emit(
        RotationAsked(tenant_id=tenant_id, device_id=device_id, actor=actor, reason=reason.strip())
    )


def rotate(
    uow: UnitOfWork,
    *,
    vault: Vault,
    tenant_id: str,
    device_id: str,
    actor: str,
    reason: str,
    to_tenant: str | None = None,
) -> str:
    """Send a device its next key and password; the id of the command that carries them.

    Both keys hold until the device uses the next one: then the one before ends, and with
    `to_tenant` the device is that tenant's. Until then the same secrets are sent each time: a
    device that took them without our hearing of it must not be shut out by others.

    Raises:
        InvalidError: no reason.
        NotFoundError: the tenant has no such device.
        ConflictError: it is revoked, a key is on its way to it, or may have reached it for another
            tenant than `to_tenant`.
    """
    _check_reason(reason)
    device = DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    _check_free(uow, device)
    following = _following(vault, device, to_tenant)
    command = commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op=REKEY,
        args={},
        reason=reason.strip(),
        ttl_s=_REKEY_TTL_S,
        actor=actor,
    )
    box = rules.rekey_box(
        following,
        present_key=vault.open(device_id, device.key_sealed),
        command_id=command.command_id,
    )
    command.args = {"box": box}
    if device.next_key_sealed is None:
        device.next_key_sealed = vault.seal(device_id, following.key)
        device.next_password_hash = rules.hashed(following.password)
        device.next_password_sealed = vault.seal(device_id, following.password.encode())
        device.next_tenant_id = to_tenant
        _changed(uow, device)
    _record(uow, device, actor, "key.rotate", reason)
    return command.command_id


def took_over(uow: UnitOfWork, *, device_id: str) -> str | None:
    """A device used its next key: the one before ends.

    Returns:
        the tenant that it came from, where it changed hands.
    """
    device = DeviceRepository(uow).named(device_id)
    if device is None or device.next_key_sealed is None or device.revoked_at is not None:
        return None
    assert device.next_password_hash is not None, "both are made together"
    before, after = device.tenant_id, device.next_tenant_id or device.tenant_id
    device.key_sealed, device.mqtt_password_hash = device.next_key_sealed, device.next_password_hash
    _forget_next(device)
    _changed(uow, device)
    _record(uow, device, audit.SYSTEM, "key.renewed", "")
    if after == before:
        return None
    device.tenant_id, device.site_id, device.spot = after, None, ""
    device.presence, device.hello, device.config = Presence.NEVER, None, None
    # They name the operator that it had.
    certificates.end_all(uow, device_id=device_id, reason="changed hands")
    _record(uow, device, audit.SYSTEM, "device.received", f"from {before}")
    _changed(uow, device, cuts=True)
    return before


def revoke(uow: UnitOfWork, *, tenant_id: str, device_id: str, actor: str, reason: str) -> None:
    """Let a device in no more, and believe nothing that it signs.

    Raises:
        InvalidError: no reason.
        NotFoundError: the tenant has no such device.
        ConflictError: it is revoked already.
    """
    _check_reason(reason)
    device = DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    if device.revoked_at is not None:
        raise ConflictError(f"{device_id} is revoked since {device.revoked_at:%Y-%m-%d %H:%M} UTC")
    device.revoked_at = clock.now()
    _forget_next(device)
    certificates.end_all(uow, device_id=device_id, reason=reason.strip())
    _changed(uow, device, cuts=True)
    _record(uow, device, actor, "key.revoke", reason)


def reissue(
    uow: UnitOfWork, *, vault: Vault, tenant_id: str, device_id: str, actor: str, reason: str
) -> Secrets:
    """Give a device another key and password by hand, told this once; what it had ends now.

    For one that was revoked, or whose memory was replaced.

    Raises:
        NotFoundError: the tenant has no such device.
        InvalidError: no reason.
    """
    _check_reason(reason)
    device = DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    made = Secrets(tenant_id, device_id, secrets.token_bytes(KEY_BYTES), secrets.token_urlsafe(18))
    device.key_sealed = vault.seal(device_id, made.key)
    device.mqtt_password_hash = rules.hashed(made.password)
    device.revoked_at = None
    _forget_next(device)
    certificates.end_all(uow, device_id=device_id, reason=reason.strip())
    _changed(uow, device, cuts=True)
    _record(uow, device, actor, "key.reissue", reason)
    return made


def doors(uow: UnitOfWork) -> dict[str, Door]:
    """What each device may do at the broker, by user name; those that are revoked have no door."""
    return {one.device_id: _door(one) for one in CredentialRepository(uow).logins()}


def door(uow: UnitOfWork, *, username: str) -> Door | None:
    """What a device may do at the broker; nothing where it is revoked, None where it is none.

    A password that is on its way to it opens as well: it may have it already.
    """
    found = CredentialRepository(uow).logins(username)
    if found:
        return _door(found[0])
    return None if CredentialRepository(uow).named(username) is None else Door((), (), ())


def _door(login: Login) -> Door:
    hashes = (login.password_hash, login.next_password_hash)
    owners = filter(None, (login.tenant_id, login.next_tenant_id))
    return rules.own_door(login.device_id, list(owners), [one for one in hashes if one is not None])


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidError("say why: an auditor will ask")


def _check_free(uow: UnitOfWork, device: Device) -> None:
    """A key that may have reached the device must not be forgotten: it might use it alone."""
    if device.revoked_at is not None:
        raise ConflictError(f"{device.device_id} is revoked: reissue its key by hand")
    sent = commands.open_commands(uow, device_id=device.device_id, op=REKEY)
    if device.next_key_sealed is not None and any(one.state in OPEN for one in sent):
        raise ConflictError(f"a key is on its way to {device.device_id}: wait until it uses it")


def _following(vault: Vault, device: Device, to_tenant: str | None) -> Secrets:
    """The secrets that a device is to use next: those it was sent and has not used, or new ones."""
    owner = to_tenant or device.tenant_id
    if device.next_key_sealed is None:
        new_key, new_password = secrets.token_bytes(KEY_BYTES), secrets.token_urlsafe(18)
        return Secrets(owner, device.device_id, new_key, new_password)
    if device.next_tenant_id != to_tenant or device.next_password_sealed is None:
        raise ConflictError(
            f"{device.device_id} may have a key already that was meant otherwise: wait until it "
            "uses it, or reissue its key by hand"
        )
    key = vault.open(device.device_id, device.next_key_sealed)
    password = vault.open(device.device_id, device.next_password_sealed)
    return Secrets(owner, device.device_id, key, password.decode())


def _forget_next(device: Device) -> None:
    device.next_password_sealed = None
    device.next_key_sealed = device.next_password_hash = device.next_tenant_id = None


def _changed(uow: UnitOfWork, device: Device, *, cuts: bool = False) -> None:
    device.credentials_at = clock.now()
    uow.session.flush()
    uow.emit(CredentialsChanged(tenant_id=device.tenant_id, device_id=device.device_id, cuts=cuts))
    uow.emit(DeviceChanged(tenant_id=device.tenant_id, device_id=device.device_id))


def _record(uow: UnitOfWork, device: Device, actor: str, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=device.tenant_id,
        actor=actor,
        action=action,
        subject=f"device:{device.device_id}",
        reason=reason.strip(),
    )

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from tapline.devices.model import Device
from tapline.uow import UnitOfWork


class Sealed(NamedTuple):
    """The keys of a device as they rest."""

    tenant_id: str
    device_id: str
    key_sealed: bytes
    next_tenant_id: str | None
    next_key_sealed: bytes | None
    revoked_at: datetime | None
    changed_at: datetime


class Login(NamedTuple):
    """Whose a device is or is becoming, and its password hashes."""

    device_id: str
    tenant_id: str
    next_tenant_id: str | None
    password_hash: str
    next_password_hash: str | None


class CredentialRepository:
    """What devices sign and log in with, of all tenants."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def changed(self, since: datetime | None) -> Sequence[Sealed]:
        """Keys of devices whose credentials changed at `since` or later; all of them without it."""
        rows = select(
            Device.tenant_id,
            Device.device_id,
            Device.key_sealed,
            Device.next_tenant_id,
            Device.next_key_sealed,
            Device.revoked_at,
            Device.credentials_at,
        ).order_by(Device.credentials_at)
        if since is not None:
            rows = rows.where(Device.credentials_at >= since)
        return [Sealed(*row) for row in self._session.execute(rows)]

    def logins(self, device_id: str | None = None) -> Sequence[Login]:
        """What devices, or one, log in with; those that are revoked are not among them."""
        rows = select(
            Device.device_id,
            Device.tenant_id,
            Device.next_tenant_id,
            Device.mqtt_password_hash,
            Device.next_password_hash,
        ).where(Device.revoked_at.is_(None))
        if device_id is not None:
            rows = rows.where(Device.device_id == device_id)
        return [Login(*row) for row in self._session.execute(rows)]

    def named(self, device_id: str) -> Device | None:
        return self._session.get(Device, device_id)

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography import x509

from tapline import audit, clock
from tapline.devices.certificates import authority, rules
from tapline.devices.certificates.authority import Chain
from tapline.devices.certificates.model import DeviceCertificate
from tapline.devices.certificates.repository import CertificateRepository
from tapline.devices.repository import DeviceRepository
from tapline.devices.vault import Vault
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.events import CredentialsChanged
from tapline.uow import UnitOfWork

_A_DAY_MAX = 8
"""So many may be issued to one device within a day: what asks more often is broken or hostile."""


class Issued(NamedTuple):
    """A certificate and what it rests on."""

    certificate: DeviceCertificate
    chain: Chain

    @property
    def pem(self) -> str:
        """The certificate, then its issuer's."""
        own = x509.load_der_x509_certificate(self.certificate.der)
        return rules.pem(own) + self.chain.issuing_pem


def issue(
    uow: UnitOfWork,
    *,
    vault: Vault,
    tenant_id: str,
    device_id: str,
    request: bytes,
    actor: str,
    days: int = rules.DEVICE_DAYS,
) -> Issued:
    """Issue a certificate for the key of a certification request, in DER or PEM.

    Raises:
        InvalidError: the request cannot be used, or `days` is out of bounds.
        NotFoundError: the tenant has no such device, or nobody issues here.
        ConflictError: the device is revoked, or was issued too many today.
    """
    if not 1 <= days <= rules.BROKER_DAYS:
        raise InvalidError(f"a certificate holds for 1 to {rules.BROKER_DAYS} days, not {days}")
    asked = rules.asked(request)
    device = DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    if device.revoked_at is not None:
        raise ConflictError(f"{device_id} is revoked: reissue its key by hand")
    repository, now = CertificateRepository(uow), clock.now()
    if repository.issued_since(device_id, now - timedelta(days=1)) >= _A_DAY_MAX:
        raise ConflictError(f"{device_id} was issued {_A_DAY_MAX} certificates within a day: wait")
    issuer = authority.newest(uow)
    made = rules.of_device(
        asked,
        device_id=device_id,
        tenant_id=tenant_id,
        by=authority.opened(vault, issuer),
        now=now,
        days=days,
    )
    row = DeviceCertificate(
        serial=rules.serial_of(made),
        device_id=device_id,
        tenant_id=tenant_id,
        authority_serial=issuer.serial,
        key_sha256=asked.key_sha256,
        der=rules.der(made),
        issued_at=now,
        ends_at=made.not_valid_after_utc,
    )
    repository.add(row)
    _record(uow, row, actor, "certificate.issue", row.serial)
    return Issued(row, authority.chain(issuer))


def requested(
    uow: UnitOfWork, *, vault: Vault, tenant_id: str, device_id: str, request: bytes
) -> Issued:
    """Answer a device's own request: the first, or the next before the last ends.

    Asked again with the same key it is given the same, until two thirds of its time are over: a
    copy of an old request brings nothing about.

    Raises as `issue`.
    """
    asked, now = rules.asked(request), clock.now()
    repository = CertificateRepository(uow)
    DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    for row in repository.live(device_id, now):
        if row.key_sha256 == asked.key_sha256 and now < _due(row):
            holders = {one.serial: one for one in repository.authorities(now)}
            return Issued(row, authority.chain(holders[row.authority_serial]))
    return issue(
        uow,
        vault=vault,
        tenant_id=tenant_id,
        device_id=device_id,
        request=request,
        actor=audit.SYSTEM,
    )


def _due(row: DeviceCertificate) -> datetime:
    return rules.due_at(row.issued_at, row.ends_at)


def revoke(uow: UnitOfWork, *, tenant_id: str, serial: str, actor: str, reason: str) -> None:
    """End one certificate now; its device is cut off, and may come back by what else it has.

    Raises:
        InvalidError: no reason.
        NotFoundError: the tenant has no such certificate.
        ConflictError: it is revoked already.
    """
    if not reason.strip():
        raise InvalidError("say why: an auditor will ask")
    row = CertificateRepository(uow).get(serial.strip().lower())
    if row is None or row.tenant_id != tenant_id:
        raise NotFoundError(f"no certificate {serial}")
    if row.revoked_at is not None:
        raise ConflictError(f"{serial} is revoked since {row.revoked_at:%Y-%m-%d %H:%M} UTC")
    _end(row, reason.strip())
    _record(uow, row, actor, "certificate.revoke", f"{serial}: {reason.strip()}")
    uow.session.flush()
    uow.emit(CredentialsChanged(tenant_id=tenant_id, device_id=row.device_id, cuts=True))


def end_all(uow: UnitOfWork, *, device_id: str, reason: str) -> None:
    """End all certificates of a device; who calls tells whom it concerns."""
    for row in CertificateRepository(uow).live(device_id, clock.now()):
        _end(row, reason)
    uow.session.flush()


def _end(row: DeviceCertificate, reason: str) -> None:
    row.revoked_at, row.revoked_for = clock.now(), reason


def holds(uow: UnitOfWork, *, device_id: str) -> bool:
    """Whether a device has a certificate that may be shown now."""
    return bool(CertificateRepository(uow).live(device_id, clock.now()))


def listed(
    uow: UnitOfWork, *, tenant_id: str, device_id: str | None = None, limit: int = 500
) -> Sequence[DeviceCertificate]:
    """What was issued to a tenant's devices, or to one of them, newest first."""
    return CertificateRepository(uow).listed(tenant_id, device_id, limit)


def _record(uow: UnitOfWork, row: DeviceCertificate, actor: str, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=row.tenant_id,
        actor=actor,
        action=action,
        subject=f"device:{row.device_id}",
        reason=reason,
    )

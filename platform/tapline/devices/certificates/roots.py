"""One root takes another's place: both are believed until nobody needs the older one."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tapline import audit, clock
from tapline.devices.certificates import authority, rules
from tapline.devices.certificates.authority import Founded
from tapline.devices.certificates.model import IssuingAuthority
from tapline.devices.certificates.repository import CertificateRepository
from tapline.devices.vault import Vault
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.events import CredentialsChanged
from tapline.uow import UnitOfWork


class Root(NamedTuple):
    """A root that is believed."""

    serial: str
    """Of its certificate, hexadecimal."""
    name: str
    pem: str
    ends_at: datetime
    issuer_ends_at: datetime
    """When its newest authority ends."""
    issues: bool
    """Whether what is issued now is issued under it."""
    is_shown: bool
    """Whether the broker is known by it."""
    devices: int
    """Whose newest certificate is under it."""


def add(uow: UnitOfWork, *, vault: Vault, name: str, actor: str) -> Founded:
    """Make a second root, and an authority under it, which issues from now on.

    Devices are given a certificate under it when they renew theirs. Until the older root is retired
    the broker shows itself under that one, which all of them know.

    Raises:
        NotFoundError: there is none yet.
        ConflictError: there are two.
    """
    authority.newest(uow)
    if len(standing(uow)) > 1:
        raise ConflictError("there are two roots: retire the older one first (`tapline pki roots`)")
    return authority.establish(uow, vault=vault, name=name, actor=actor)


def standing(uow: UnitOfWork) -> Sequence[Root]:
    """The roots that are believed, the newest first."""
    repository, now = CertificateRepository(uow), clock.now()
    authorities = repository.authorities(now)
    shown = authority.shown(authorities, now)
    holders = repository.holders(now)
    return [
        _root(root_pem, [one for one in authorities if one.root_pem == root_pem])._replace(
            issues=authorities[0].root_pem == root_pem,
            is_shown=shown is not None and shown.root_pem == root_pem,
            devices=sum(
                holders.get(one.serial, 0) for one in authorities if one.root_pem == root_pem
            ),
        )
        for root_pem in dict.fromkeys(one.root_pem for one in authorities)
    ]


def _root(root_pem: str, under: Sequence[IssuingAuthority]) -> Root:
    certificate = rules.certificate_from(root_pem)
    return Root(
        serial=rules.serial_of(certificate),
        name=rules.common_name(certificate),
        pem=root_pem,
        ends_at=certificate.not_valid_after_utc,
        issuer_ends_at=max(one.ends_at for one in under),
        issues=False,
        is_shown=False,
        devices=0,
    )


def retire(uow: UnitOfWork, *, serial: str, cuts_off: int, actor: str, reason: str) -> None:
    """Believe a root no more: its authorities and all that they issued end now.

    `cuts_off` is how many devices have no other certificate, as whoever asks knows it.

    Raises:
        InvalidError: no reason.
        NotFoundError: no such root stands.
        ConflictError: it is the one that issues, or another number of devices still need it.
    """
    if not reason.strip():
        raise InvalidError("say why: an auditor will ask")
    # Whoever issues under it at this moment is waited for, and issues under it no more.
    authorities = CertificateRepository(uow).authorities(clock.now(), lock=True)
    found = {one.serial: one for one in standing(uow)}.get(serial.strip().lower())
    if found is None:
        raise NotFoundError(f"no root {serial}: see `tapline pki roots`")
    if found.issues:
        raise ConflictError("what is issued now is under this root: make another first")
    if found.devices != cuts_off:
        raise ConflictError(
            f"{found.devices} devices have no certificate under another root: wait until they have"
            f" renewed theirs, or say --cuts-off {found.devices}"
        )
    under = [one for one in authorities if one.root_pem == found.pem]
    _end(uow, under, reason.strip())
    audit.record(
        uow,
        tenant_id=None,
        actor=actor,
        action="pki.retire",
        subject=f"root:{found.serial}",
        reason=f"{reason.strip()} ({found.devices} devices cut off)",
    )


def _end(uow: UnitOfWork, authorities: Sequence[IssuingAuthority], reason: str) -> None:
    repository, now = CertificateRepository(uow), clock.now()
    serials = [one.serial for one in authorities]
    left_behind = repository.left_behind(serials, now)
    repository.end_under(serials, now, f"its root was retired: {reason}")
    for one in authorities:
        one.ends_at = now
    uow.session.flush()
    for tenant_id, device_id in left_behind:
        uow.emit(CredentialsChanged(tenant_id=tenant_id, device_id=device_id, cuts=True))

"""Who issues certificates here: a root kept elsewhere, and authorities under it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline import audit, clock
from tapline.devices.certificates import rules
from tapline.devices.certificates.model import IssuingAuthority
from tapline.devices.certificates.repository import CertificateRepository
from tapline.devices.certificates.rules import Made
from tapline.devices.vault import Vault
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.uow import UnitOfWork

_SIGNED_AGAIN = timedelta(days=365)
_SHOWN_FOR = timedelta(days=30)
_SEAL = "authority:"


class Founded(NamedTuple):
    """A new root, its key told this once: keep it off every machine."""

    root_pem: str
    root_key_pem: str


class Chain(NamedTuple):
    """Who a device's certificate was issued by, and the root above, in PEM."""

    issuing_pem: str
    root_pem: str

    @property
    def issuing_der(self) -> bytes:
        """The issuer's certificate as bytes."""
        return rules.der(rules.certificate_from(self.issuing_pem))

    @property
    def root_der(self) -> bytes:
        """The root's certificate as bytes."""
        return rules.der(rules.certificate_from(self.root_pem))


class BrokerIdentity(NamedTuple):
    """What a broker believes and shows, in PEM."""

    authorities: str
    certificate: str
    key: str


def found(uow: UnitOfWork, *, vault: Vault, name: str, actor: str) -> Founded:
    """Make a root, and the first authority under it, which issues from now on.

    Raises:
        ConflictError: there is one.
    """
    if CertificateRepository(uow).authorities(clock.now()):
        raise ConflictError("there is an authority: `tapline pki succeed` makes the next")
    return establish(uow, vault=vault, name=name, actor=actor)


def establish(uow: UnitOfWork, *, vault: Vault, name: str, actor: str) -> Founded:
    """Make a root and an authority under it, whatever there is already."""
    made = rules.root(name, clock.now())
    _begin(uow, vault, made, name, actor)
    return Founded(rules.pem(made.certificate), rules.key_pem(made.key))


def succeed(uow: UnitOfWork, *, vault: Vault, name: str, root_key_pem: bytes, actor: str) -> None:
    """Make the next authority under the newest root. What was issued before holds until it ends.

    Raises:
        NotFoundError: there is none yet.
        InvalidError: this is not the root's key.
    """
    before = newest(uow)
    root = Made(rules.certificate_from(before.root_pem), rules.key_from(root_key_pem))
    own = rules.fingerprint(root.certificate.public_key())
    if rules.fingerprint(root.key.public_key()) != own:
        raise InvalidError("this is the key of another root")
    _begin(uow, vault, root, name, actor)


def _begin(uow: UnitOfWork, vault: Vault, root: Made, name: str, actor: str) -> None:
    made = rules.issuing(name, root, clock.now())
    serial = rules.serial_of(made.certificate)
    row = IssuingAuthority(
        serial=serial,
        root_pem=rules.pem(root.certificate),
        certificate_pem=rules.pem(made.certificate),
        key_sealed=vault.seal(_SEAL + serial, rules.key_pem(made.key).encode()),
        made_at=clock.now(),
        ends_at=made.certificate.not_valid_after_utc,
    )
    CertificateRepository(uow).add(row)
    audit.record(
        uow,
        tenant_id=None,
        actor=actor,
        action="pki.issuing",
        subject=f"authority:{serial}",
        reason=name,
    )


def revocations(uow: UnitOfWork, *, vault: Vault) -> str:
    """The lists of revoked certificates of all authorities, PEM; signed anew where they changed."""
    repository, now = CertificateRepository(uow), clock.now()
    lists = []
    for authority in repository.authorities(now, lock=True):
        revoked = repository.revoked(authority.serial, now)
        digest = hashlib.sha256("\n".join(serial for serial, *_ in revoked).encode()).digest()
        signed_at = authority.revoked_signed_at
        is_old = signed_at is None or now - signed_at > _SIGNED_AGAIN
        if authority.revoked_pem is None or digest != authority.revoked_digest or is_old:
            by = opened(vault, authority)
            authority.revoked_pem = rules.revoked_list(revoked, by=by, now=now)
            authority.revoked_digest, authority.revoked_signed_at = digest, now
        lists.append(authority.revoked_pem)
    return "".join(lists)


def broker_identity(uow: UnitOfWork, *, vault: Vault, hosts: Sequence[str]) -> BrokerIdentity:
    """A certificate for a broker that devices find under these names; its key is told this once.

    While one root takes another's place it is under the older: that one all devices know.

    Raises:
        NotFoundError: there is no authority yet.
        InvalidError: no host.
    """
    authorities = CertificateRepository(uow).authorities(clock.now())
    issuer = shown(authorities, clock.now()) or newest(uow)
    made = rules.of_broker(hosts, by=opened(vault, issuer), now=clock.now())
    roots = dict.fromkeys(one.root_pem for one in authorities)
    believed = [*(one.certificate_pem for one in authorities), *roots]
    return BrokerIdentity(
        "".join(believed),
        rules.pem(made.certificate) + issuer.certificate_pem,
        rules.key_pem(made.key),
    )


def broker_due(uow: UnitOfWork, *, shown_pem: str) -> Sequence[str]:
    """The hosts for which a broker wants another certificate than the one that it shows, given
    with its issuer's; none as long as that one holds."""
    now = clock.now()
    issuer = shown(CertificateRepository(uow).authorities(now), now)
    own = rules.certificate_from(shown_pem)
    due_at = rules.due_at(own.not_valid_before_utc, own.not_valid_after_utc)
    is_due = now >= due_at or (issuer and not shown_pem.endswith(issuer.certificate_pem))
    return rules.hosts_of(own) if issuer and is_due else []


def broker_hosts(shown_pem: str) -> Sequence[str]:
    """The names and addresses that the certificate which a broker shows is for."""
    return rules.hosts_of(rules.certificate_from(shown_pem))


def broker_ends_at(shown_pem: str) -> datetime:
    """When the certificate that a broker shows ends."""
    return rules.certificate_from(shown_pem).not_valid_after_utc


def shown(authorities: Sequence[IssuingAuthority], now: datetime) -> IssuingAuthority | None:
    """Of all authorities, newest first, the one under which the broker is known: the newest of the
    oldest root that still lives for a while."""
    lasting = [one for one in authorities if one.ends_at - now > _SHOWN_FOR] or authorities[:1]
    by_root = {one.root_pem: one for one in reversed(lasting)}
    return next(iter(by_root.values()), None)


def newest(uow: UnitOfWork) -> IssuingAuthority:
    """The authority that issues now; `NotFoundError` where there is none yet."""
    found = CertificateRepository(uow).authorities(clock.now())
    if not found:
        raise NotFoundError("nobody issues certificates here yet: `tapline pki init`")
    return found[0]


def opened(vault: Vault, authority: IssuingAuthority) -> Made:
    """An authority with its key."""
    key = rules.key_from(vault.open(_SEAL + authority.serial, authority.key_sealed))
    return Made(rules.certificate_from(authority.certificate_pem), key)


def chain(authority: IssuingAuthority) -> Chain:
    """Where a certificate of its comes from."""
    return Chain(authority.certificate_pem, authority.root_pem)

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tapline import audit, clock
from tapline.devices.model import Stream
from tapline.devices.repository import DeviceRepository, StreamRepository
from tapline.devices.rules import is_device_id
from tapline.devices.vault import KEY_BYTES, Vault
from tapline.devices.vendors.model import VendorAccount, VendorDevice, VendorPush
from tapline.devices.vendors.repository import Bound, Language, VendorRepository
from tapline.errors import ConflictError, InvalidError
from tapline.uow import UnitOfWork

WINDOW = timedelta(seconds=300)
"""A push signed earlier than this, or that much in the future, is refused."""

_PUSHES_KEPT = timedelta(days=7)
"""Once handled: far longer than their nonces could still be used."""


class PushRefusedError(Exception):
    """A push that is not the cloud's own, or not a fresh one; the text tells its maker why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the signature of a push covers beside its body."""

    nonce: str
    signed_at: datetime


class Cloud(Protocol):
    """How one maker's cloud signs. Implemented where its language is known."""

    def claim(self, headers: Mapping[str, str], body: bytes, secret: bytes) -> Claim:
        """What was signed; `PushRefusedError` where it was not, or not with this secret.

        Header names are in lower case.
        """
        ...

    def check(self, body: bytes) -> None:
        """`InvalidError` for what is no push at all: nothing of it is kept."""
        ...


Clouds = Mapping[str, Cloud]
"""By the name of the vendor."""


def bind(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    vendor: str,
    foreign_id: str,
    actor: str,
    starts_after: int = 0,
    sparse: bool = False,
    is_witness: bool = False,
) -> VendorDevice:
    """Say which machine of ours a maker means by its number.

    Args:
        uow: the transaction.
        tenant_id: whose machine it is.
        device_id: ours, registered already.
        vendor: the name of the maker's adapter.
        foreign_id: the maker's number.
        actor: who says so.
        starts_after: the last record number that it gave before it was ours: what came up to
            there is nobody's to wait for.
        sparse: whether its record numbers leave holes that mean nothing.
        is_witness: whether the machine itself speaks our contract, and the maker's cloud only gives
            a second account of it; its stream is its own then.

    Raises:
        NotFoundError: no such machine.
        InvalidError: the number cannot be a level of a topic.
        ConflictError: the machine or the number is bound already.
    """
    if not is_device_id(foreign_id):
        raise InvalidError(
            f"number {foreign_id!r}: use 1 to 32 letters, digits, hyphens and underscores, not"
            " beginning with gateway or claim-"
        )
    devices, rows = DeviceRepository(uow), VendorRepository(uow)
    device = devices.get(tenant_id, device_id, lock=True)
    if foreign_id != device_id and devices.exists(foreign_id):
        raise ConflictError(f"{foreign_id} is a machine's own id: it would log in as the other")
    if rows.logs_in_as(foreign_id):
        raise ConflictError(f"{foreign_id} is what another machine of ours is called already")
    if rows.of_device(device_id) is not None:
        raise ConflictError(f"{device_id} speaks a maker's language already")
    row = VendorDevice(
        vendor=vendor,
        foreign_id=foreign_id,
        device_id=device.device_id,
        is_witness=is_witness,
        bound_at=clock.now(),
        bound_by=actor,
    )
    rows.add(row)
    if not is_witness:
        stream = StreamRepository(uow).locked(Stream.TXN, [device_id])[device_id]
        stream.upto = stream.head = max(stream.upto, starts_after)
        stream.sparse = sparse
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="vendor.bind",
        subject=f"device:{device_id}",
        reason=f"{vendor} {foreign_id}" + (", a second account" if is_witness else ""),
    )
    return row


def find(uow: UnitOfWork, *, vendor: str, foreign_id: str) -> Bound | None:
    """Which machine of ours a maker means, if it is one, and not revoked."""
    return VendorRepository(uow).find(vendor, foreign_id)


def declare(uow: UnitOfWork, *, operations: Mapping[str, Collection[str]]) -> None:
    """Note what makers' machines can be told, by maker, in place of what was noted before."""
    for vendor, known in sorted(operations.items()):
        VendorRepository(uow).keep_language(vendor, known)


def languages(uow: UnitOfWork, *, device_ids: Collection[str]) -> dict[str, Language]:
    """The language of each of these machines that speaks its maker's and not our contract."""
    return VendorRepository(uow).languages(device_ids)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Bound]:
    """An operator's machines of other makers, by our ids."""
    return VendorRepository(uow).listed(tenant_id)


def logins(uow: UnitOfWork) -> Mapping[str, str]:
    """How makers' machines log in to the broker: password hashes by the maker's number."""
    return VendorRepository(uow).logins()


def open_account(
    uow: UnitOfWork, *, vault: Vault, tenant_id: str, vendor: str, actor: str
) -> bytes:
    """Let a maker's cloud push to an operator; the secret that it signs with, told this once.

    A second time it is another secret, and the first is worth nothing any more.
    """
    secret = secrets.token_bytes(KEY_BYTES)
    VendorRepository(uow).keep_account(
        {
            "tenant_id": tenant_id,
            "vendor": vendor,
            "secret_sealed": vault.seal(_account(tenant_id, vendor), secret),
            "opened_at": clock.now(),
        }
    )
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="vendor.open",
        subject=f"vendor:{vendor}",
    )
    return secret


def accounts(uow: UnitOfWork, *, tenant_id: str) -> Sequence[VendorAccount]:
    """The clouds that may push to an operator."""
    return VendorRepository(uow).accounts(tenant_id)


def take_push(
    uow: UnitOfWork,
    *,
    vault: Vault,
    cloud: Cloud,
    tenant_id: str,
    vendor: str,
    headers: Mapping[str, str],
    body: bytes,
) -> None:
    """Keep a push that its cloud signed just now; the gateway handles it.

    Raises:
        PushRefusedError: nobody may push here under that name, or the signature does not hold, or
            it is not fresh.
        InvalidError: it is no push, or too large a one.
        ConflictError: this very request was taken before.
    """
    rows = VendorRepository(uow)
    account = rows.account(tenant_id, vendor)
    if account is None:
        raise PushRefusedError("no account: ask the operator to open one")
    secret = vault.open(_account(tenant_id, vendor), account.secret_sealed)
    claim = cloud.claim(headers, body, secret)
    if abs(clock.now() - claim.signed_at) > WINDOW:
        raise PushRefusedError(
            f"signed at {claim.signed_at.isoformat()}: send within {WINDOW.seconds} s, "
            "or set the clock"
        )
    cloud.check(body)
    fresh = rows.add_push(
        {
            "tenant_id": tenant_id,
            "vendor": vendor,
            "nonce": claim.nonce,
            "body": body,
            "received_at": clock.now(),
        }
    )
    if not fresh:
        raise ConflictError("this request was taken before: to send again, sign it anew")


def waiting_pushes(uow: UnitOfWork, *, limit: int) -> Sequence[VendorPush]:
    """Pushes to handle now, oldest first, locked."""
    return VendorRepository(uow).waiting_pushes(limit)


def mark_handled(uow: UnitOfWork, *, push_ids: Collection[int]) -> None:
    """Note that what they say is stored."""
    VendorRepository(uow).mark_handled(push_ids, clock.now())


def forget_pushes(uow: UnitOfWork) -> None:
    """Drop pushes handled long ago: each record of theirs is in the inbox by itself."""
    VendorRepository(uow).forget_pushes(clock.now() - _PUSHES_KEPT)


def _account(tenant_id: str, vendor: str) -> str:
    """What the secret is sealed for: it opens for no other account."""
    return f"vendor:{tenant_id}:{vendor}"

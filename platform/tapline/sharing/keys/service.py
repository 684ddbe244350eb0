from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tapline import audit, clock, ledger, partners
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.partners import Partner, PartnerKind
from tapline.people import Role, Staff, Vault
from tapline.sharing import documents
from tapline.sharing.keys import rules
from tapline.sharing.keys.model import OwnKey, PartnerHead, PartnerKey
from tapline.sharing.keys.repository import KeyRepository
from tapline.uow import UnitOfWork


def own(uow: UnitOfWork, *, tenant_id: str) -> OwnKey | None:
    """What the tenant signs with; None where nobody made it yet."""
    return KeyRepository(uow, tenant_id).own()


def make(uow: UnitOfWork, *, tenant_id: str, vault: Vault, actor: str) -> OwnKey:
    """Make the key with which the tenant signs, once.

    Raises:
        ConflictError: it has one.
    """
    keys = KeyRepository(uow, tenant_id)
    if keys.own() is not None:
        raise ConflictError("there is a key already: others know it, and it stays")
    private, public = documents.new_key()
    key = OwnKey(
        tenant_id=tenant_id,
        public_key=public.hex(),
        private_sealed=vault.seal(_name(tenant_id), private),
        made_by=actor,
        made_at=clock.now(),
    )
    keys.add(key)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="sharing.key",
        subject=f"tenant:{tenant_id}",
        reason=key.public_key,
    )
    return key


def private_key(uow: UnitOfWork, *, tenant_id: str, vault: Vault) -> bytes:
    """The private key itself, 32 bytes, for signing.

    Raises:
        ConflictError: there is none yet.
    """
    return vault.open(_name(tenant_id), _made(uow, tenant_id).private_sealed)


def add(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    partner_id: UUID,
    public_key: str,
    evidence: str,
    staff: Staff,
) -> PartnerKey:
    """Register another operator's key; its newest that has not ended is used from then on.

    Raises:
        DeniedError: `staff` is no administrator.
        InvalidError: the partner is no operator, the key is none, or nobody says whence it is.
        ConflictError: the key is known already, or our own.
    """
    _check_administrator(staff)
    partner = partners.get(uow, tenant_id=tenant_id, partner_id=partner_id)
    if partner.kind is not PartnerKind.OPERATOR:
        raise InvalidError(f"{partner.name} is no operator: statements go to operators alone")
    if not evidence.strip():
        raise InvalidError("say how you know that the key is theirs")
    keys = KeyRepository(uow, tenant_id)
    digits = rules.public_key(public_key)
    mine = keys.own()
    if keys.named(digits) is not None or (mine is not None and mine.public_key == digits):
        raise ConflictError("this key is known already: look whose it is")
    key = PartnerKey(
        key_id=new_id(),
        tenant_id=tenant_id,
        partner_id=partner_id,
        public_key=digits,
        evidence=evidence.strip(),
        added_by=staff.login,
        added_at=clock.now(),
    )
    keys.add(key)
    _record(uow, key, "sharing.key_add", staff)
    return key


def end(uow: UnitOfWork, *, tenant_id: str, key_id: UUID, staff: Staff) -> PartnerKey:
    """Trust a partner's key no longer; ended twice, the first time counts.

    Raises:
        DeniedError: `staff` is no administrator.
        NotFoundError: no such key.
    """
    _check_administrator(staff)
    key = KeyRepository(uow, tenant_id).get(key_id)
    if key.ended_at is None:
        key.ended_by, key.ended_at = staff.login, clock.now()
        _record(uow, key, "sharing.key_end", staff)
    return key


def of_partner(uow: UnitOfWork, *, tenant_id: str, partner_id: UUID) -> Sequence[PartnerKey]:
    """All keys that a partner ever had, newest first."""
    return KeyRepository(uow, tenant_id).of_partner(partner_id)


def current(uow: UnitOfWork, *, tenant_id: str, partner_id: UUID) -> str | None:
    """The key by which a partner's files are addressed now; None where it has none."""
    keys = of_partner(uow, tenant_id=tenant_id, partner_id=partner_id)
    return next((key.public_key for key in keys if key.ended_at is None), None)


def receivers(uow: UnitOfWork, *, tenant_id: str) -> list[Partner]:
    """The operators for whom a statement can be made."""
    return [
        one
        for one in partners.listed(uow, tenant_id=tenant_id)
        if one.kind is PartnerKind.OPERATOR
        and current(uow, tenant_id=tenant_id, partner_id=one.partner_id) is not None
    ]


def sender_of(uow: UnitOfWork, *, tenant_id: str, document: str) -> PartnerKey:
    """Whose key a file says that it was signed with; the signature is not looked at.

    Raises:
        InvalidError: no file of this kind, or nobody's whom we know.
        ConflictError: the key has ended.
    """
    key = KeyRepository(uow, tenant_id).named(documents.signer(document))
    if key is None:
        raise InvalidError(
            "no operator with this key is registered: an administrator adds it, after asking"
        )
    if key.ended_at is not None:
        raise ConflictError("this key is trusted no longer: ask for a file with the present one")
    return key


def note_head(
    uow: UnitOfWork, *, tenant_id: str, partner_id: UUID, seq: int, digest: str, actor: str
) -> None:
    """Keep a head that a partner showed; the same again changes nothing.

    Raises:
        InvalidError: seal number or hash cannot be.
        ConflictError: another hash was seen under this number.
    """
    keys = KeyRepository(uow, tenant_id)
    digits = rules.digest(digest)
    if seq < 1:
        raise InvalidError("seals are numbered from 1")
    for kept in keys.heads(partner_id, seq, seq):
        if kept.hash != digits:
            raise ConflictError(_rewritten(seq))
        return
    head = PartnerHead(tenant_id=tenant_id, partner_id=partner_id, seq=seq, hash=digits)
    head.noted_by, head.noted_at = actor, clock.now()
    keys.add(head)


def check_chain(uow: UnitOfWork, *, tenant_id: str, partner_id: UUID, extract: Any) -> None:
    """Hold the seals of an extract against every head that was kept of its maker.

    Raises:
        ConflictError: one is another: its maker changed books that it had shown before.
    """
    seals = {seal.number: seal.hash.hex() for seal in ledger.sealed_chain(extract)}
    for kept in KeyRepository(uow, tenant_id).heads(partner_id, min(seals), max(seals)):
        if seals[kept.seq] != kept.hash:
            raise ConflictError(_rewritten(kept.seq))


def _made(uow: UnitOfWork, tenant_id: str) -> OwnKey:
    key = own(uow, tenant_id=tenant_id)
    if key is None:
        raise ConflictError("there is no key to sign with: an administrator makes it first")
    return key


def _check_administrator(staff: Staff) -> None:
    if staff.role is not Role.ADMIN:
        raise DeniedError("an administrator decides whose keys are trusted: ask one")


def _rewritten(seq: int) -> str:
    return f"seal {seq} is not the one that was shown before: books were rewritten; take nothing"


def _name(tenant_id: str) -> str:
    return f"sharing:{tenant_id}"


def _record(uow: UnitOfWork, key: PartnerKey, action: str, staff: Staff) -> None:
    audit.record(
        uow,
        tenant_id=key.tenant_id,
        actor=staff.login,
        action=action,
        subject=f"partner:{key.partner_id}",
        reason=key.public_key,
    )

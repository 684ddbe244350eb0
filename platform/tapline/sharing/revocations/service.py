from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock, partners, tenants
from tapline.errors import ConflictError, NotFoundError
from tapline.people import Vault
from tapline.sharing import documents, keys
from tapline.sharing.documents import Party, Revocation
from tapline.sharing.revocations.model import RevocationHandover
from tapline.sharing.revocations.repository import RevocationRepository
from tapline.uow import UnitOfWork


def to_hand_over(uow: UnitOfWork, *, tenant_id: str) -> Sequence[UUID]:
    """Consents that were taken back and whose receiver, who has a file, has not been told yet."""
    return RevocationRepository(uow, tenant_id).waiting()


def document(uow: UnitOfWork, *, tenant_id: str, consent_id: UUID, vault: Vault, actor: str) -> str:
    """The signed revocation of a consent, for its receiver. The first time that it is taken counts
    as told.

    Raises:
        NotFoundError: no such consent was taken back.
        ConflictError: a key is missing.
    """
    revocations = RevocationRepository(uow, tenant_id)
    found = revocations.consent(consent_id)
    if found is None:
        raise NotFoundError("no such consent was taken back")
    consent, revoked = found
    private = keys.private_key(uow, tenant_id=tenant_id, vault=vault)
    own = keys.own(uow, tenant_id=tenant_id)
    theirs = keys.current(uow, tenant_id=tenant_id, partner_id=consent.partner_id)
    partner = partners.get(uow, tenant_id=tenant_id, partner_id=consent.partner_id)
    if own is None or theirs is None:
        raise ConflictError(f"{partner.name} has no key any more: tell it on another way")
    tenant = tenants.get(uow, tenant_id=tenant_id)
    if not revocations.is_handed_over(consent_id):
        revocations.add(
            RevocationHandover(
                consent_id=consent_id, tenant_id=tenant_id, made_by=actor, made_at=clock.now()
            )
        )
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="sharing.revocation_out",
        subject=f"card:{consent.card_no}",
        reason=f"consent:{consent_id}",
    )
    content = Revocation(
        consent=consent_id,
        revoked_at=revoked.revoked_at,
        sender=Party(own.public_key, tenant.name, tenant.legal_entity),
        receiver=Party(theirs, partner.name, partner.legal_entity),
    )
    return documents.sign(content, private)

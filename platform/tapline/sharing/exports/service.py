import hashlib
from collections.abc import Collection
from uuid import UUID

from tapline import audit, clock, ledger, partners, tenants
from tapline.errors import ConflictError, NotFoundError
from tapline.ids import new_id
from tapline.ledger import Head, StatementProof
from tapline.people import Vault
from tapline.sharing import documents, keys
from tapline.sharing.consents import SharingConsent, check_in_force, digest_of
from tapline.sharing.documents import Agreed, Content, Party
from tapline.sharing.exports.model import SharingExport
from tapline.sharing.exports.repository import ExportRepository
from tapline.uow import UnitOfWork


def export(uow: UnitOfWork, *, tenant_id: str, consent_id: UUID, vault: Vault, actor: str) -> str:
    """The file for the receiver that a consent names; that it was made is shown to the customer.

    Raises:
        NotFoundError: no such consent, or nothing of the card is sealed yet.
        ConflictError: the consent is not in force, or a key is missing.
    """
    consent = check_in_force(uow, tenant_id=tenant_id, consent_id=consent_id)
    private = keys.private_key(uow, tenant_id=tenant_id, vault=vault)
    head = next(iter(ledger.heads(uow, tenant_id=tenant_id, limit=1)), None)
    if head is None:
        raise NotFoundError("nothing is sealed yet: ask again in a minute")
    statement = ledger.prove(uow, tenant_id=tenant_id, card_no=consent.card_no, head=head)
    extract = ledger.extract(statement, reference=digest_of(consent.code), since=consent.since)
    content = _content(uow, consent, head, extract)
    document = documents.sign(content, private)
    _keep(uow, consent, content, document, actor)
    return document


def of_consents(
    uow: UnitOfWork, *, tenant_id: str, consent_ids: Collection[UUID]
) -> dict[UUID, list[SharingExport]]:
    """What was given on each of these consents, newest first; one without a file is left out."""
    return ExportRepository(uow, tenant_id).of_consents(consent_ids)


def _content(
    uow: UnitOfWork, consent: SharingConsent, head: Head, extract: StatementProof
) -> Content:
    tenant_id = consent.tenant_id
    tenant = tenants.get(uow, tenant_id=tenant_id)
    partner = partners.get(uow, tenant_id=tenant_id, partner_id=consent.partner_id)
    own = keys.own(uow, tenant_id=tenant_id)
    theirs = keys.current(uow, tenant_id=tenant_id, partner_id=partner.partner_id)
    if own is None or theirs is None:
        raise ConflictError(f"{partner.name} has no key any more: nothing can be made for it")
    return Content(
        export=new_id(),
        made_at=clock.now(),
        sender=Party(own.public_key, tenant.name, tenant.legal_entity),
        receiver=Party(theirs, partner.name, partner.legal_entity),
        agreed=Agreed(
            consent=consent.consent_id,
            wording=consent.wording,
            purpose=consent.purpose.value,
            fields=list(consent.fields),
            given_at=consent.given_at,
            ends_on=consent.ends_on,
        ),
        head=documents.Head(head.seq, head.biz_date, head.hash.hex()),
        extract=dict(extract),
    )


def _keep(
    uow: UnitOfWork, consent: SharingConsent, content: Content, document: str, actor: str
) -> None:
    ExportRepository(uow, consent.tenant_id).add(
        SharingExport(
            export_id=content.export,
            tenant_id=consent.tenant_id,
            consent_id=consent.consent_id,
            made_by=actor,
            made_at=content.made_at,
            journals=len(content.extract["journals"]),
            head_seq=content.head.seq,
            digest=hashlib.sha256(document.encode()).digest(),
        )
    )
    audit.record(
        uow,
        tenant_id=consent.tenant_id,
        actor=actor,
        action="sharing.export",
        subject=f"card:{consent.card_no}",
        reason=f"consent:{consent.consent_id} partner:{consent.partner_id}",
    )

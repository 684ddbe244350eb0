"""Another operator's customer took a consent back: what we have of it goes."""

from tapline import audit, clock
from tapline.errors import ConflictError, InvalidError
from tapline.sharing import documents, keys
from tapline.sharing.received.model import ReceivedRevocation
from tapline.sharing.received.repository import ReceivedRepository
from tapline.uow import UnitOfWork


def take_revocation(
    uow: UnitOfWork, *, tenant_id: str, document: str, actor: str
) -> ReceivedRevocation:
    """Take another operator's revocation: what was made on the consent is deleted here, and no file
    of it is taken any more. The same again changes nothing.

    Raises:
        InvalidError: the file is none, was changed, or was made for somebody else.
        ConflictError: the key of its maker has ended, or we have none.
    """
    key = keys.sender_of(uow, tenant_id=tenant_id, document=document)
    content = documents.opened_revocation(document, key.public_key)
    own = keys.own(uow, tenant_id=tenant_id)
    if own is None:
        raise ConflictError("we have no key that a file could be made for: make it first")
    if content.receiver.key != own.public_key:
        raise InvalidError(f"this was made for {content.receiver.name}: it is not about our files")
    statements = ReceivedRepository(uow, tenant_id)
    before = statements.revocation(key.partner_id, content.consent)
    if before is not None:
        return before
    received = ReceivedRevocation(
        tenant_id=tenant_id,
        partner_id=key.partner_id,
        consent_id=content.consent,
        revoked_at=content.revoked_at,
        received_by=actor,
        received_at=clock.now(),
    )
    statements.add(received)
    statements.forget_consent(key.partner_id, content.consent)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="sharing.revocation_in",
        subject=f"partner:{key.partner_id}",
        reason=f"consent:{content.consent}",
    )
    return received

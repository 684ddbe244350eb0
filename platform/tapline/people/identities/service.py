from typing import Protocol
from uuid import UUID

from tapline import audit, clock
from tapline.errors import InvalidError, NotFoundError
from tapline.people.customers.repository import CustomerRepository
from tapline.people.identities import rules
from tapline.people.identities.model import CustomerIdentity, Document
from tapline.people.identities.repository import IdentityRepository
from tapline.uow import UnitOfWork


class Vault(Protocol):
    """Seals a secret under a name; it opens under that name alone."""

    def seal(self, name: str, secret: bytes, /) -> bytes: ...

    def open(self, name: str, box: bytes, /) -> bytes: ...


def verify(
    uow: UnitOfWork,
    *,
    vault: Vault,
    tenant_id: str,
    customer_id: UUID,
    real_name: str,
    document: Document,
    number: str,
    actor: str,
    how: str,
) -> CustomerIdentity:
    """Write down that `actor` saw a customer's papers; seen again, the newer ones count.

    Raises:
        NotFoundError: the tenant has no such customer.
        InvalidError: name, number or how they were seen are missing or cannot be.
    """
    customer = CustomerRepository(uow).find(tenant_id, customer_id)
    if customer is None:
        raise NotFoundError("no such customer")
    if not real_name.strip() or not how.strip():
        raise InvalidError("write the name as it is printed, and how you saw the papers")
    printed = rules.document_number(document, number)
    identity = CustomerIdentity(
        customer_id=customer_id,
        tenant_id=tenant_id,
        real_name=real_name.strip(),
        document=document,
        number_sealed=vault.seal(_name(customer_id), printed.encode()),
        number_tail=printed[-4:],
        verified_by=actor,
        verified_how=how.strip(),
        verified_at=clock.now(),
    )
    IdentityRepository(uow, tenant_id).put(identity)
    if document is not Document.PASSPORT:
        customer.born_on = rules.born_on(printed)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="identity.verify",
        subject=f"customer:{customer_id}",
        reason=how.strip(),
    )
    return identity


def identity_of(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> CustomerIdentity | None:
    """What we know of a customer's papers; the number stays sealed."""
    return IdentityRepository(uow, tenant_id).find(customer_id)


def is_verified(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> bool:
    """Whether somebody has seen the customer's papers."""
    return identity_of(uow, tenant_id=tenant_id, customer_id=customer_id) is not None


def reveal(
    uow: UnitOfWork, *, vault: Vault, tenant_id: str, customer_id: UUID, actor: str, reason: str
) -> str:
    """The full number of a customer's document. That it was read, by whom and why, is on record.

    Raises:
        NotFoundError: nobody has seen his papers.
        InvalidError: no reason is given.
    """
    if not reason.strip():
        raise InvalidError("say why you need the number: it is on record")
    identity = identity_of(uow, tenant_id=tenant_id, customer_id=customer_id)
    if identity is None:
        raise NotFoundError("nobody has seen this customer's papers")
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="identity.reveal",
        subject=f"customer:{customer_id}",
        reason=reason.strip(),
    )
    return vault.open(_name(customer_id), identity.number_sealed).decode()


def _name(customer_id: UUID) -> str:
    return f"identity:{customer_id}"

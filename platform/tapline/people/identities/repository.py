from uuid import UUID

from tapline.people.identities.model import CustomerIdentity
from tapline.uow import UnitOfWork


class IdentityRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def put(self, identity: CustomerIdentity) -> None:
        """Store it in place of what was there."""
        self._session.merge(identity)
        self._session.flush()

    def find(self, customer_id: UUID) -> CustomerIdentity | None:
        found = self._session.get(CustomerIdentity, customer_id)
        return found if found and found.tenant_id == self._tenant_id else None

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.errors import NotFoundError
from tapline.partners.model import Partner
from tapline.uow import UnitOfWork


class PartnerRepository:
    """Partners of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, partner: Partner) -> None:
        self._session.add(partner)
        self._session.flush()

    def get(self, partner_id: UUID) -> Partner:
        found = self._session.scalar(
            select(Partner).where(
                Partner.tenant_id == self._tenant_id, Partner.partner_id == partner_id
            )
        )
        if found is None:
            raise NotFoundError(f"no partner {partner_id}")
        return found

    def of_entity(self, legal_entity: str) -> Partner | None:
        return self._session.scalar(
            select(Partner).where(
                Partner.tenant_id == self._tenant_id, Partner.legal_entity == legal_entity
            )
        )

    def listed(self) -> Sequence[Partner]:
        return self._session.scalars(
            select(Partner)
            .where(Partner.tenant_id == self._tenant_id)
            .order_by(Partner.kind, Partner.name)
        ).all()

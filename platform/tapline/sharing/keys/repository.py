from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.errors import NotFoundError
from tapline.sharing.keys.model import OwnKey, PartnerHead, PartnerKey
from tapline.uow import UnitOfWork


class KeyRepository:
    """Keys and heads of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, row: OwnKey | PartnerKey | PartnerHead) -> None:
        self._session.add(row)
        self._session.flush()

    def own(self) -> OwnKey | None:
        return self._session.get(OwnKey, self._tenant_id)

    def get(self, key_id: UUID) -> PartnerKey:
        key = self._session.get(PartnerKey, key_id, with_for_update=True, populate_existing=True)
        if key is None or key.tenant_id != self._tenant_id:
            raise NotFoundError(f"no key {key_id}")
        return key

    def named(self, public_key: str) -> PartnerKey | None:
        return self._session.scalar(
            select(PartnerKey).where(
                PartnerKey.tenant_id == self._tenant_id, PartnerKey.public_key == public_key
            )
        )

    def of_partner(self, partner_id: UUID) -> Sequence[PartnerKey]:
        """Newest first."""
        return self._session.scalars(
            select(PartnerKey)
            .where(PartnerKey.tenant_id == self._tenant_id, PartnerKey.partner_id == partner_id)
            .order_by(PartnerKey.added_at.desc(), PartnerKey.key_id.desc())
        ).all()

    def heads(self, partner_id: UUID, first: int, last: int) -> Sequence[PartnerHead]:
        """Those kept of a partner's seals `first` to `last`."""
        return self._session.scalars(
            select(PartnerHead)
            .where(
                PartnerHead.tenant_id == self._tenant_id,
                PartnerHead.partner_id == partner_id,
                PartnerHead.seq.between(first, last),
            )
            .order_by(PartnerHead.seq)
        ).all()

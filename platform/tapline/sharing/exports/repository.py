from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from tapline.sharing.exports.model import SharingExport
from tapline.uow import UnitOfWork


class ExportRepository:
    """What one tenant gave away."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, export: SharingExport) -> None:
        self._session.add(export)
        self._session.flush()

    def of_consents(self, consent_ids: Collection[UUID]) -> dict[UUID, list[SharingExport]]:
        """By consent, newest first."""
        found: dict[UUID, list[SharingExport]] = defaultdict(list)
        for one in self._session.scalars(
            select(SharingExport)
            .where(
                SharingExport.tenant_id == self._tenant_id,
                SharingExport.consent_id.in_(consent_ids),
            )
            .order_by(SharingExport.made_at.desc())
        ):
            found[one.consent_id].append(one)
        return found

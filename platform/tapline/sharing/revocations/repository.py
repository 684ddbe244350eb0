from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from tapline.sharing.consents.model import SharingConsent, SharingRevocation
from tapline.sharing.exports.model import SharingExport
from tapline.sharing.revocations.model import RevocationHandover
from tapline.uow import UnitOfWork


class RevocationRepository:
    """What one tenant's customers took back."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, row: RevocationHandover) -> None:
        self._session.add(row)
        self._session.flush()

    def is_handed_over(self, consent_id: UUID) -> bool:
        return self._session.get(RevocationHandover, consent_id) is not None

    def waiting(self) -> Sequence[UUID]:
        """Consents that were taken back after a file was handed out, and whose receiver has not
        been told, the first that was taken back first."""
        gone_out = exists().where(SharingExport.consent_id == SharingRevocation.consent_id)
        told = exists().where(RevocationHandover.consent_id == SharingRevocation.consent_id)
        return self._session.scalars(
            select(SharingRevocation.consent_id)
            .where(SharingRevocation.tenant_id == self._tenant_id, gone_out, ~told)
            .order_by(SharingRevocation.revoked_at)
        ).all()

    def consent(self, consent_id: UUID) -> tuple[SharingConsent, SharingRevocation] | None:
        """A consent that was taken back, with how."""
        row = self._session.execute(
            select(SharingConsent, SharingRevocation)
            .join(SharingRevocation, SharingRevocation.consent_id == SharingConsent.consent_id)
            .where(
                SharingConsent.tenant_id == self._tenant_id,
                SharingConsent.consent_id == consent_id,
            )
        ).first()
        return (row[0], row[1]) if row else None

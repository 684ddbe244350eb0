from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from tapline.sharing.received.model import ReceivedRevocation, ReceivedStatement
from tapline.uow import UnitOfWork


class ReceivedRepository:
    """What one tenant was given."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, row: ReceivedStatement | ReceivedRevocation) -> None:
        self._session.add(row)
        self._session.flush()

    def numbered(self, partner_id: UUID, export_id: UUID) -> ReceivedStatement | None:
        return self._session.scalar(
            select(ReceivedStatement).where(
                ReceivedStatement.tenant_id == self._tenant_id,
                ReceivedStatement.partner_id == partner_id,
                ReceivedStatement.export_id == export_id,
            )
        )

    def of_customer(self, customer_id: UUID) -> Sequence[ReceivedStatement]:
        """Newest first."""
        return self._session.scalars(
            select(ReceivedStatement)
            .where(
                ReceivedStatement.tenant_id == self._tenant_id,
                ReceivedStatement.customer_id == customer_id,
            )
            .order_by(ReceivedStatement.received_at.desc())
        ).all()

    def revocation(self, partner_id: UUID, consent_id: UUID) -> ReceivedRevocation | None:
        """How its customer took a consent back, as far as we were told."""
        key = (self._tenant_id, partner_id, consent_id)
        return self._session.get(ReceivedRevocation, key)

    def forget_consent(self, partner_id: UUID, consent_id: UUID) -> None:
        """Drop the files that were made on a consent."""
        self._session.execute(
            update(ReceivedStatement)
            .where(
                ReceivedStatement.tenant_id == self._tenant_id,
                ReceivedStatement.partner_id == partner_id,
                ReceivedStatement.consent_id == consent_id,
            )
            .values(document=None)
        )

    def forget_ended(self, today: date) -> int:
        """Drop the files whose consent has ended; how many."""
        forgotten = self._session.scalars(
            update(ReceivedStatement)
            .where(
                ReceivedStatement.tenant_id == self._tenant_id,
                ReceivedStatement.ends_on < today,
                ReceivedStatement.document.is_not(None),
            )
            .values(document=None)
            .returning(ReceivedStatement.received_id)
        )
        return len(forgotten.all())

from collections.abc import Sequence

from sqlalchemy import func, select

from tapline.cards.issuers.receipts.model import SET_OFF, Receipt
from tapline.uow import UnitOfWork


class ReceiptRepository:
    """The receipts of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, receipt: Receipt) -> None:
        self._session.add(receipt)
        self._session.flush()

    def find(self, issuer_id: str, reference: str) -> Receipt | None:
        return self._session.get(Receipt, (self._tenant_id, issuer_id, reference))

    def count_set_off(self, issuer_id: str) -> int:
        """How often what each owed the other was set off."""
        counted = select(func.count()).where(
            Receipt.tenant_id == self._tenant_id,
            Receipt.issuer_id == issuer_id,
            Receipt.reference.startswith(SET_OFF),
        )
        return self._session.scalar(counted) or 0

    def listed(self, issuer_id: str) -> Sequence[Receipt]:
        return self._session.scalars(
            select(Receipt)
            .where(Receipt.tenant_id == self._tenant_id, Receipt.issuer_id == issuer_id)
            .order_by(Receipt.value_date, Receipt.noted_at)
        ).all()

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tapline.cards.transfers.model import CardTransfer, TransferState
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class TransferRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, transfer: CardTransfer) -> None:
        self._session.add(transfer)
        self._session.flush()

    def find(self, transfer_id: UUID) -> CardTransfer:
        """The offer as it was made; `NotFoundError` where the tenant has none such."""
        found = self._session.get(CardTransfer, transfer_id)
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError("no such offer")
        return found

    def end(self, card_no: str, state: TransferState, now: datetime) -> None:
        """End the offer of a card, if there is one."""
        if (transfer := self.open_of(card_no)) is not None:
            transfer.state, transfer.ended_at = state, now
            self._session.flush()

    def open_of(self, card_no: str) -> CardTransfer | None:
        """The offer of a card that is not ended, whether its time is over or not."""
        return self._session.scalar(
            select(CardTransfer)
            .where(
                CardTransfer.tenant_id == self._tenant_id,
                CardTransfer.card_no == card_no,
                CardTransfer.state == TransferState.OFFERED,
            )
            .execution_options(populate_existing=True)
        )

    def offered_to(self, customer_id: UUID, now: datetime) -> Sequence[CardTransfer]:
        return self._session.scalars(
            select(CardTransfer)
            .where(
                CardTransfer.tenant_id == self._tenant_id,
                CardTransfer.to_customer_id == customer_id,
                CardTransfer.state == TransferState.OFFERED,
                CardTransfer.expires_at > now,
            )
            .order_by(CardTransfer.offered_at)
        ).all()

    def made_since(self, customer_id: UUID, since: datetime) -> int:
        """How many offers a customer has made."""
        made = select(func.count()).where(
            CardTransfer.tenant_id == self._tenant_id,
            CardTransfer.from_customer_id == customer_id,
            CardTransfer.offered_at > since,
        )
        return self._session.scalar(made) or 0

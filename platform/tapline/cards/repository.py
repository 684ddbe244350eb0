from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import String, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from tapline.cards.model import Card
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class CardRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, card: Card) -> None:
        self._session.add(card)
        self._session.flush()

    def exists(self, tenant_id: str, card_no: str) -> bool:
        return self._session.get(Card, (tenant_id, card_no)) is not None

    def get(self, tenant_id: str, card_no: str, *, lock: bool = False) -> Card:
        card = self._session.get(
            Card, (tenant_id, card_no), with_for_update=lock or None, populate_existing=lock
        )
        if card is None:
            raise NotFoundError(f"no card {card_no}")
        return card

    def issued(self, tenant_id: str, card_nos: Collection[str]) -> set[str]:
        """Which of these numbers are cards of the tenant."""
        cards = select(Card.card_no).where(
            Card.tenant_id == tenant_id, Card.card_no == any_(cast(list(card_nos), ARRAY(String)))
        )
        return set(self._session.scalars(cards))

    def known(self, tenant_id: str, card_nos: Collection[str]) -> dict[str, Card]:
        cards = select(Card).where(Card.tenant_id == tenant_id, Card.card_no.in_(card_nos))
        return {card.card_no: card for card in self._session.scalars(cards)}

    def owned_by(self, tenant_id: str, customer_id: UUID) -> Sequence[Card]:
        return self._session.scalars(
            select(Card)
            .where(Card.tenant_id == tenant_id, Card.customer_id == customer_id)
            .order_by(Card.card_no)
        ).all()

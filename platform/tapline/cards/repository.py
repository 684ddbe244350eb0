from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, text

from tapline.cards.model import Card
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork

# A number withdrawn after a mistake is free again: its last act says so.
_ISSUED = text(
    """
    select card.card_no from card
    where tenant_id = :tenant and card_no = any(:cards) and not (state = 'closed' and (
        select act from card_step step
        where step.tenant_id = card.tenant_id and step.card_no = card.card_no
        order by position desc limit 1) = 'withdraw')
    """
)


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
        """Which of these numbers are cards of the tenant, but those that were withdrawn."""
        given = {"tenant": tenant_id, "cards": list(card_nos)}
        return set(self._session.scalars(_ISSUED, given))

    def known(self, tenant_id: str, card_nos: Collection[str]) -> dict[str, Card]:
        cards = select(Card).where(Card.tenant_id == tenant_id, Card.card_no.in_(card_nos))
        return {card.card_no: card for card in self._session.scalars(cards)}

    def owned_by(self, tenant_id: str, customer_id: UUID) -> Sequence[Card]:
        return self._session.scalars(
            select(Card)
            .where(Card.tenant_id == tenant_id, Card.customer_id == customer_id)
            .order_by(Card.card_no)
        ).all()

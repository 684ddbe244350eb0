from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from tapline.cards.facts import Fact
from tapline.cards.life.model import CardStep
from tapline.cards.model import Card, CardState
from tapline.uow import UnitOfWork


class LifeRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, step: CardStep) -> None:
        self._session.add(step)
        self._session.flush()

    def add_all(self, steps: Sequence[CardStep]) -> None:
        self._session.add_all(steps)
        self._session.flush()

    def steps(self, card_no: str) -> Sequence[CardStep]:
        """What was done to the card, newest first."""
        steps = select(CardStep).where(
            CardStep.tenant_id == self._tenant_id, CardStep.card_no == card_no
        )
        return self._session.scalars(steps.order_by(CardStep.position.desc())).all()

    def replaced(self) -> Sequence[str]:
        """All cards that others have taken the place of, sorted."""
        replaced = select(Card.card_no).where(
            Card.tenant_id == self._tenant_id, Card.state == CardState.REPLACED
        )
        return self._session.scalars(replaced.order_by(Card.card_no)).all()

    def quiet_since(self, moment: datetime) -> set[str]:
        """Replaced cards of which nothing was stored after `moment`."""
        later = select(Fact.seq).where(
            Fact.tenant_id == self._tenant_id,
            Fact.card_no == Card.card_no,
            Fact.received_at > moment,
        )
        quiet = select(Card.card_no).where(
            Card.tenant_id == self._tenant_id,
            Card.state == CardState.REPLACED,
            ~later.exists(),
        )
        return set(self._session.scalars(quiet))

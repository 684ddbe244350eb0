from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Table, null, select, text

from tapline import bulk
from tapline.cards.model import Card
from tapline.uow import UnitOfWork

# The one question here that looks beyond its tenant: a number is printed on one card in the world.
_OTHERS = text(
    """
    select distinct card_no from card
    where tenant_id <> :tenant and card_no = any(:cards) and state <> 'closed'
    """
)
# In a statement of its own: what is read after it is what those did who were waited for.
_LOCK = text(
    """
    select card_no from card where tenant_id = :tenant and card_no = any(:cards)
    order by card_no for update
    """
)
_UNUSED = text(
    """
    select card.card_no from card
    where tenant_id = :tenant and card_no = any(:cards) and state = 'active' and (
        select act from card_step step
        where step.tenant_id = card.tenant_id and step.card_no = card.card_no
        order by position desc limit 1) = 'adopt'
    """
)
_SIGHTINGS = text(
    """
    select card_no, bool_and(atc is not null) from fact
    where tenant_id = :tenant and card_no = any(:cards) and flaw is null
    group by card_no
    """
)


_CARD: Table = Card.__table__  # type: ignore[assignment]


class AdoptionRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def others(self, card_nos: Collection[str]) -> set[str]:
        """Which another operator has in circulation."""
        return set(self._session.scalars(_OTHERS, self._given(card_nos)))

    def sightings(self, card_nos: Collection[str]) -> dict[str, bool]:
        """Which our machines have met, and whether each time with the card's counter."""
        rows = self._session.execute(_SIGHTINGS, self._given(card_nos))
        return {row[0]: row[1] for row in rows}

    def lock(self, card_nos: Collection[str]) -> None:
        """Keep everybody else from doing anything with these cards meanwhile."""
        self._session.execute(_LOCK, self._given(card_nos))

    def unused(self, card_nos: Collection[str]) -> set[str]:
        """Which are in circulation, and nobody did anything with since they were taken over."""
        return set(self._session.scalars(_UNUSED, self._given(card_nos)))

    def put(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Write cards by number: new ones, and over those that were withdrawn."""
        withdrawn = select(Card).where(Card.tenant_id == self._tenant_id, Card.card_no.in_(rows))
        again = {card.card_no: card for card in self._session.scalars(withdrawn)}
        for card_no, card in again.items():
            for name, value in rows[card_no].items():
                # None alone would be taken for "not said", and the database's default written.
                setattr(card, name, null() if value is None else value)
        self._session.flush()
        new = [
            {"tenant_id": self._tenant_id, "card_no": card_no, **values}
            for card_no, values in rows.items()
            if card_no not in again
        ]
        if new:
            self._session.execute(*bulk.insert_rows(_CARD, new))

    def _given(self, card_nos: Collection[str]) -> dict[str, object]:
        return {"tenant": self._tenant_id, "cards": list(card_nos)}

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import and_, select

from tapline.cards import Card
from tapline.cards.facts.model import Charge, Fact, Payer
from tapline.uow import UnitOfWork


class StoredVersion(NamedTuple):
    """One version of a fact, and whether it stands: of one that rests in suspense none does."""

    device_id: str
    seq: int
    stands: bool


class ExportRepository:
    """What of the whole installation no context hands out by itself."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def hold_still(self) -> None:
        """Let this transaction, from its first question on, see one moment only."""
        self._session.connection(execution_options={"isolation_level": "REPEATABLE READ"})

    def versions(self) -> Iterator[StoredVersion]:
        """Every stored version of every fact, streamed."""
        standing = and_(
            Charge.device_id == Fact.device_id,
            Charge.seq == Fact.seq,
            Charge.standing_hash == Fact.content_hash,
            Charge.payer != Payer.SUSPENSE,
        )
        versions = (
            select(Fact.device_id, Fact.seq, Charge.standing_hash.is_not(None))
            .outerjoin(Charge, standing)
            .order_by(Fact.device_id, Fact.seq)
            .execution_options(yield_per=1000)
        )
        return (StoredVersion(*row) for row in self._session.execute(versions))

    def card_numbers(self, tenant_id: str) -> Sequence[str]:
        """A tenant's cards."""
        cards = select(Card.card_no).where(Card.tenant_id == tenant_id).order_by(Card.card_no)
        return self._session.scalars(cards).all()

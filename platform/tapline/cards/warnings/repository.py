from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from tapline.cards.facts.model import Fact
from tapline.cards.warnings.model import CardWarning, Kind
from tapline.uow import UnitOfWork


class WarningRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, warning: CardWarning) -> None:
        self._session.add(warning)
        self._session.flush()

    def remove(self, warning: CardWarning) -> None:
        self._session.delete(warning)
        self._session.flush()

    def of(self, card_nos: Collection[str]) -> dict[tuple[str, Kind], CardWarning]:
        """What stands for these cards, locked."""
        standing = (
            select(CardWarning)
            .where(CardWarning.tenant_id == self._tenant_id, CardWarning.card_no.in_(card_nos))
            .order_by(CardWarning.card_no, CardWarning.kind)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {(one.card_no, one.kind): one for one in self._session.scalars(standing)}

    def warned(self) -> Sequence[str]:
        """Cards that something stands for, sorted."""
        warned = select(CardWarning.card_no).where(CardWarning.tenant_id == self._tenant_id)
        return self._session.scalars(warned.distinct().order_by(CardWarning.card_no)).all()

    def failures(self, card_nos: Collection[str], since: datetime) -> dict[str, int]:
        """How often machines could not finish with each card: operations that were torn, and
        vouchers that were not written."""
        unwritten = and_(Fact.op == "load", Fact.status != "ok")
        rows = self._session.execute(
            select(Fact.card_no, func.count())
            .where(
                Fact.tenant_id == self._tenant_id,
                Fact.card_no.in_(card_nos),
                Fact.received_at >= since,
                Fact.flaw.is_(None),
                or_(Fact.status == "torn", unwritten),
            )
            .group_by(Fact.card_no)
        )
        return {card_no: failures for card_no, failures in rows if card_no is not None}

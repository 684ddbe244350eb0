from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, union_all

from tapline.cards.reminders.model import CardReminder
from tapline.cards.warnings.model import CardWarning, Kind
from tapline.uow import UnitOfWork


class ReminderRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, reminder: CardReminder) -> None:
        self._session.add(reminder)
        self._session.flush()

    def last_told(self, card_nos: Collection[str]) -> dict[str, datetime]:
        """When the holder of each card was last told of his debt, by somebody or by itself."""
        by_hand = select(CardReminder.card_no, CardReminder.at.label("at")).where(
            CardReminder.tenant_id == self._tenant_id, CardReminder.card_no.in_(card_nos)
        )
        by_itself = select(CardWarning.card_no, CardWarning.told_at).where(
            CardWarning.tenant_id == self._tenant_id,
            CardWarning.card_no.in_(card_nos),
            CardWarning.kind == Kind.ARREARS,
            CardWarning.told_at.is_not(None),
        )
        told = union_all(by_hand, by_itself).subquery()
        newest = select(told.c.card_no, func.max(told.c.at)).group_by(told.c.card_no)
        return {row[0]: row[1] for row in self._session.execute(newest)}

from collections.abc import Collection
from datetime import datetime, timedelta

from tapline import audit, clock, ledger, notices, people, policy
from tapline.cards.reminders.model import CardReminder
from tapline.cards.reminders.repository import ReminderRepository
from tapline.cards.repository import CardRepository
from tapline.cards.warnings.telling import arrears_text
from tapline.errors import ConflictError
from tapline.ids import new_id
from tapline.money import Fen
from tapline.uow import UnitOfWork


class NobodyToRemindError(ConflictError):
    """Nobody is known who holds the card."""

    code = "nobody_to_remind"


class RemindedLatelyError(ConflictError):
    """Its holder was told not long ago."""

    code = "reminded_lately"


def remind(uow: UnitOfWork, *, tenant_id: str, card_no: str, actor: str) -> CardReminder:
    """Have the holder of a card, or his guardian, told by message what he owes for water.

    Raises:
        NotFoundError: the tenant has no such card.
        NobodyToRemindError: it is nobody's.
        RemindedLatelyError: he was told within `card_reminder_days`.
        ConflictError: the card owes nothing any more.
    """
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    owed_fen = ledger.card(uow, tenant_id=tenant_id, card_no=card_no).receivable_fen
    if owed_fen <= 0:
        raise ConflictError(f"card {card_no} owes nothing any more: look again")
    if card.customer_id is None:
        raise NobodyToRemindError(f"card {card_no} is nobody's: register it to its holder first")
    customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=card.customer_id)
    assert customer is not None
    _check_pause(uow, tenant_id, card_no)
    reminder = CardReminder(
        reminder_id=new_id(),
        tenant_id=tenant_id,
        card_no=card_no,
        amount_fen=Fen(owed_fen),
        actor=actor,
        at=clock.now(),
    )
    ReminderRepository(uow, tenant_id).add(reminder)
    notices.queue_sms(
        uow,
        tenant_id=tenant_id,
        dedupe_key=f"card:{card_no}:reminder:{reminder.reminder_id}",
        phone=people.contact_phone(customer),
        text=arrears_text(card_no, owed_fen),
    )
    audit.record(
        uow, tenant_id=tenant_id, actor=actor, action="card.remind", subject=f"card:{card_no}"
    )
    return reminder


def last_told(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> dict[str, datetime]:
    """When the holder of each card was last told what he owes; who never was is left out."""
    return ReminderRepository(uow, tenant_id).last_told(card_nos)


def _check_pause(uow: UnitOfWork, tenant_id: str, card_no: str) -> None:
    pause = timedelta(days=policy.current(uow, tenant_id=tenant_id).card_reminder_days)
    told_at = ReminderRepository(uow, tenant_id).last_told([card_no]).get(card_no)
    if told_at is not None and clock.now() < told_at + pause:
        raise RemindedLatelyError(
            f"the holder of card {card_no} was told on {clock.business_date(told_at)}: wait until"
            f" {pause.days} days have passed"
        )

"""Cash at a station: taken, receipted, and undone within minutes."""

from datetime import timedelta
from uuid import UUID

from tapline import audit, clock, ledger, policy
from tapline.cards import tills, vouchers
from tapline.cards.repository import CardRepository
from tapline.cards.topups import rules
from tapline.cards.topups.model import Channel, TopUp, TopUpState
from tapline.cards.topups.placing import command, place, usable
from tapline.cards.topups.repository import TopUpRepository
from tapline.cards.topups.service import opened
from tapline.cards.vouchers import VoucherState
from tapline.errors import ConflictError, DeniedError
from tapline.ledger import InsufficientError, chart
from tapline.people import Staff
from tapline.uow import UnitOfWork

_USED = "part of it is used, or at a machine: ask for the money back by a refund instead"


def take_cash(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    card_no: str,
    amount_fen: int,
    staff: Staff,
    request_key: str,
) -> TopUp:
    """Put cash from a colleague's hand onto a card; a button pressed twice takes it once.

    Raises:
        DeniedError: he has no till.
        NotFoundError: the tenant has no such card.
        ConflictError: the card has ended or takes no more, or the form was sent for another.
        InvalidError: an amount that the card does not take.
    """
    till = tills.of_staff(uow, tenant_id=tenant_id, staff_id=staff.staff_id)
    if till is None:
        raise DeniedError("open your till first: cash is counted against it")
    card = usable(uow, tenant_id, card_no)
    topup = opened(uow, card, Channel.CASH, amount_fen, request_key, customer_id=card.customer_id)
    if topup.receipt_no is not None:
        return topup
    now, topups = clock.now(), TopUpRepository(uow, tenant_id)
    day = clock.business_date(now)
    topup.receipt_no = rules.receipt_no(day, topups.next_count(day))
    topup.till_id, topup.staff_id, topup.paid_at = till.till_id, staff.staff_id, now
    place(uow, topup, source=chart.cash(str(till.till_id)))
    _record(uow, topup, staff, "topup.cash", "")
    return topup


def undo_cash(
    uow: UnitOfWork, *, tenant_id: str, topup_id: UUID, staff: Staff, reason: str
) -> TopUp:
    """Give cash back from the till, while the card has not had it. Said again, the same.

    Raises:
        DeniedError: somebody else took it, or it was too long ago.
        ConflictError: it is no cash, or part of it is used or out at a machine.
    """
    topup = TopUpRepository(uow, tenant_id).get(topup_id, lock=True)
    if topup.state is TopUpState.UNDONE:
        return topup
    if topup.channel is not Channel.CASH or topup.returned_fen:
        raise ConflictError("only cash that is whole can be undone: ask for a refund instead")
    if topup.staff_id != staff.staff_id:
        raise DeniedError("whoever took the cash undoes it")
    within = timedelta(seconds=policy.current(uow, tenant_id=tenant_id).cash_undo_s)
    assert topup.landed_at is not None
    if clock.now() - topup.landed_at > within:
        raise DeniedError("the minutes for this are over: ask for a refund instead")
    _take_back(uow, topup)
    topup.state, topup.ended_at = TopUpState.UNDONE, clock.now()
    _record(uow, topup, staff, "topup.undo", reason)
    return topup


def _take_back(uow: UnitOfWork, topup: TopUp) -> None:
    assert topup.landed_on is not None
    assert topup.landed_at is not None
    card = CardRepository(uow).get(topup.tenant_id, topup.landed_on, lock=True)
    made = vouchers.of_card(uow, tenant_id=topup.tenant_id, card_no=card.card_no)
    out = (one for one in made if one.state is not VoucherState.VOID)
    if any(one.leased_at >= topup.landed_at for one in out):
        raise ConflictError(_USED)
    where, cash = rules.landing(card), chart.cash(str(topup.till_id))
    commands = [command(topup, "undo", where.paid, cash, topup.amount_fen)]
    if topup.bonus_fen:
        commands.append(command(topup, "undo_bonus", where.bonus, chart.BONUS, topup.bonus_fen))
    try:
        ledger.post(uow, tenant_id=topup.tenant_id, commands=commands)
    except InsufficientError as error:
        raise ConflictError(_USED) from error


def _record(uow: UnitOfWork, topup: TopUp, staff: Staff, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=topup.tenant_id,
        actor=staff.login,
        action=action,
        subject=topup.subject,
        reason=reason.strip(),
    )

"""Each member's share of the month, and what comes back unwritten.

What an earlier month's share left waiting is taken back before the next one is given: it does not
pile up for people who do not drink.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from tapline import clock, ledger
from tapline.cards import vouchers
from tapline.cards.enterprises import rules
from tapline.cards.enterprises.model import Allotment, Enterprise, Member
from tapline.cards.enterprises.repository import EnterpriseRepository
from tapline.cards.enterprises.service import mind_level
from tapline.cards.model import Card, CardState
from tapline.cards.service import lineage, load_limit_fen
from tapline.cards.topups.placing import lasting
from tapline.cards.topups.rules import landing
from tapline.cards.vouchers import VoucherState
from tapline.ids import new_id
from tapline.ledger import Account, chart
from tapline.uow import UnitOfWork


def allot_all(uow: UnitOfWork, *, tenant_id: str) -> None:
    """`allot` for every enterprise of a tenant."""
    for enterprise in EnterpriseRepository(uow, tenant_id).listed():
        allot(uow, tenant_id=tenant_id, enterprise_id=enterprise.enterprise_id)


def allot(uow: UnitOfWork, *, tenant_id: str, enterprise_id: UUID) -> int:
    """Give each member what is due for the month, as far as the account and the card allow; how
    much it was, in fen. Done again the same month, it gives what is missing.

    Raises:
        NotFoundError: the tenant has no such enterprise.
    """
    enterprises = EnterpriseRepository(uow, tenant_id)
    enterprise = enterprises.get(enterprise_id, lock=True)
    month = rules.month_of(clock.business_date(clock.now()))
    given_fen = 0
    for member in enterprises.members(enterprise_id):
        take_back(uow, enterprise, member, before=month)
        given_fen += _give(uow, enterprise, member, month)
    mind_level(uow, enterprise)
    return given_fen


def take_back(
    uow: UnitOfWork, enterprise: Enterprise, member: Member, *, before: date | None = None
) -> None:
    """Return what waits unwritten to a locked enterprise; of months `before`, where given."""
    tenant_id = enterprise.tenant_id
    given = EnterpriseRepository(uow, tenant_id).allotments(member.member_id)
    if before is not None:
        given = [one for one in given if one.month < before]
    # Locked, so that nothing is leased while we look.
    card = lasting(uow, tenant_id, member.card_no)
    waiting = chart.card(card.card_no).pending_load
    account = chart.enterprise(enterprise.enterprise_id)
    numbers = lineage(uow, tenant_id=tenant_id, card_no=card.card_no)
    leases = _leases(uow, numbers, tenant_id, {VoucherState.LEASED, VoucherState.WRITTEN})
    for one in rules.unwritten(given, leases):
        back_fen = min(one.left_fen, _available(uow, tenant_id, waiting))
        if back_fen > 0:
            key = f"allot:{one.allotment_id}:back:{one.taken_back_fen}"
            back = ledger.Transfer(waiting, account, back_fen)
            _post(uow, enterprise, key, "allotment_back", back)
            one.taken_back_fen += back_fen


def unwritten_fen(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> int:
    """Of what waits for a card, or is out at a machine, what enterprises put there."""
    enterprises, unwritten = EnterpriseRepository(uow, tenant_id), 0
    numbers = lineage(uow, tenant_id=tenant_id, card_no=card_no)
    written = _leases(uow, numbers, tenant_id, {VoucherState.WRITTEN})
    for member in enterprises.members_of_cards(numbers):
        given = enterprises.allotments(member.member_id)
        unwritten += sum(one.left_fen for one in rules.unwritten(given, written))
    return unwritten


def _leases(
    uow: UnitOfWork, card_nos: Sequence[str], tenant_id: str, states: Collection[VoucherState]
) -> list[datetime]:
    """When vouchers of these cards that came so far were leased."""
    return [
        voucher.leased_at
        for card_no in card_nos
        for voucher in vouchers.of_card(uow, tenant_id=tenant_id, card_no=card_no)
        if voucher.state in states
    ]


def _give(uow: UnitOfWork, enterprise: Enterprise, member: Member, month: date) -> int:
    enterprises = EnterpriseRepository(uow, enterprise.tenant_id)
    card = lasting(uow, enterprise.tenant_id, member.card_no)
    if card.state is not CardState.ACTIVE:
        return 0
    due_fen = rules.due_fen(member.monthly_fen, enterprises.allotments(member.member_id), month)
    account = chart.enterprise(enterprise.enterprise_id)
    amount_fen = min(due_fen, _room(uow, card), _available(uow, card.tenant_id, account))
    if amount_fen <= 0:
        return 0
    allotment = Allotment(
        allotment_id=new_id(),
        tenant_id=enterprise.tenant_id,
        member_id=member.member_id,
        month=month,
        amount_fen=amount_fen,
        taken_back_fen=0,
        landed_on=card.card_no,
        waits=card.kind.has_purse,
        at=clock.now(),
    )
    enterprises.add(allotment)
    share = ledger.Transfer(account, landing(card).paid, amount_fen)
    _post(uow, enterprise, f"allot:{allotment.allotment_id}", "allotment", share)
    return amount_fen


def _room(uow: UnitOfWork, card: Card) -> int:
    balance = ledger.card(uow, tenant_id=card.tenant_id, card_no=card.card_no).balance_fen
    return load_limit_fen(uow, card=card) - balance


def _available(uow: UnitOfWork, tenant_id: str, account: Account) -> int:
    found = ledger.balances(uow, tenant_id=tenant_id, codes=[account.code])
    return found[account.code].available if found else 0


def _post(
    uow: UnitOfWork, enterprise: Enterprise, key: str, kind: str, movement: ledger.Transfer
) -> None:
    command = ledger.Command(
        key=key,
        kind=kind,
        event_at=clock.now(),
        movement=movement,
        content={"enterprise": str(enterprise.enterprise_id), "fen": movement.amount},
        source={"subject": enterprise.subject},
    )
    ledger.post(uow, tenant_id=enterprise.tenant_id, commands=[command])

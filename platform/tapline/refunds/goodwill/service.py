from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import audit, cards, clock, ledger, policy
from tapline.cards import vouchers
from tapline.cards.facts import Charge
from tapline.cards.vouchers import VoucherState
from tapline.errors import ConflictError, DeniedError
from tapline.events import GoodwillUndone
from tapline.ids import new_id
from tapline.people import Staff
from tapline.refunds.goodwill import rules
from tapline.refunds.goodwill.model import Goodwill, GoodwillState, Why
from tapline.refunds.goodwill.repository import GoodwillRepository, Key
from tapline.refunds.goodwill.settling import bring_in_line, settle
from tapline.refunds.goodwill.telling import tell
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork


def give(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    card_no: str,
    device_id: str,
    seq: int,
    amount_fen: int,
    why: Why,
    staff: Staff,
    words: str = "",
) -> Goodwill:
    """Give a card money for a pour, within what one person may; beyond, a supervisor is asked.

    Raises:
        NotFoundError: there is no such card or pour.
        ConflictError: the card was not charged for it, or it is put right or made good already.
        InvalidError: the amount is none for this pour.
    """
    refunds, given = RefundRepository(uow, tenant_id), GoodwillRepository(uow, tenant_id)
    refunds.be_alone()
    card = cards.get(uow, tenant_id=tenant_id, card_no=card_no)
    charge = given.charge(device_id, seq)
    rules.check_pour(card, charge, refunds.of_pour(device_id, seq))
    rules.check_amount(amount_fen, charge)
    _check_first(given, charge)
    in_force = policy.current(uow, tenant_id=tenant_id)
    limit = rules.beyond(in_force, amount_fen, _before(given, card_no, staff))
    goodwill = Goodwill(
        goodwill_id=new_id(),
        tenant_id=tenant_id,
        device_id=device_id,
        seq=seq,
        card_no=card_no,
        amount_fen=amount_fen,
        posted_fen=0,
        price_fen=charge.amount_fen,
        revision=0,
        state=GoodwillState.ASKED,
        why=why,
        words=words.strip(),
        obstacle=limit.value if limit else None,
        staff_id=staff.staff_id,
        asked_at=clock.now(),
        policy_version=in_force.version,
    )
    given.add(goodwill)
    _note(uow, goodwill, staff, "ask" if limit else "give")
    if limit is None:
        _hand_out(uow, goodwill, staff)
    return goodwill


def decide(
    uow: UnitOfWork, *, tenant_id: str, goodwill_id: UUID, approve: bool, staff: Staff
) -> Goodwill:
    """A supervisor's word on what somebody else asked for.

    Raises:
        DeniedError: somebody else has to decide.
        ConflictError: it is decided already, or the pour was put right meanwhile.
    """
    refunds, given = RefundRepository(uow, tenant_id), GoodwillRepository(uow, tenant_id)
    refunds.be_alone()
    goodwill = given.locked(goodwill_id)
    if goodwill.state is not GoodwillState.ASKED:
        raise ConflictError(f"it is {goodwill.state.value}: there is nothing to decide")
    if not may_decide(goodwill, staff):
        raise DeniedError("a supervisor who did not ask for it decides: hand it over")
    goodwill.decided_by, goodwill.decided_at = staff.staff_id, clock.now()
    if approve:
        card = cards.get(uow, tenant_id=tenant_id, card_no=goodwill.card_no)
        charge = given.charge(goodwill.device_id, goodwill.seq)
        rules.check_pour(card, charge, refunds.of_pour(goodwill.device_id, goodwill.seq))
        goodwill.price_fen = charge.amount_fen
        _hand_out(uow, goodwill, staff)
    else:
        goodwill.state = GoodwillState.REJECTED
    _note(uow, goodwill, staff, "approve" if approve else "reject")
    return goodwill


def undo(uow: UnitOfWork, *, tenant_id: str, goodwill_id: UUID, staff: Staff) -> Goodwill:
    """Take it back, while it is new and no machine has it to write; what others decided stands.

    Raises:
        ConflictError: it is too late, the money has gone on already, or others decided.
    """
    RefundRepository(uow, tenant_id).be_alone()
    goodwill = GoodwillRepository(uow, tenant_id).locked(goodwill_id)
    in_force = policy.current(uow, tenant_id=tenant_id)
    rules.check_undo(goodwill, staff.role, in_force, clock.now())
    if goodwill.posted_fen:
        _check_there(uow, goodwill)
        settle(uow, goodwill, 0, staff.login)
    goodwill.state = GoodwillState.UNDONE
    goodwill.decided_by, goodwill.decided_at = staff.staff_id, clock.now()
    _note(uow, goodwill, staff, "undo")
    uow.emit(GoodwillUndone(tenant_id=tenant_id, device_id=goodwill.device_id, seq=goodwill.seq))
    return goodwill


def follow(uow: UnitOfWork, *, tenant_id: str, keys: Collection[Key]) -> None:
    """Pours were corrected, or are charged otherwise: what goodwill gave counts towards what their
    cards have back of the price, nothing is given twice.

    Depends on what stands now alone, so it may be called at any time and any number of times.
    """
    refunds, given = RefundRepository(uow, tenant_id), GoodwillRepository(uow, tenant_id)
    concerned = given.known(keys)
    if not concerned:
        return
    refunds.be_alone()
    charges = given.charges(concerned)
    for goodwill in given.of(concerned):
        if goodwill.state is GoodwillState.GIVEN:
            key = goodwill.device_id, goodwill.seq
            bring_in_line(uow, goodwill, charges.get(key), refunds.of_pour(*key))


def may_decide(goodwill: Goodwill, staff: Staff) -> bool:
    """Whether `staff` decides what was asked for: a supervisor, and another person."""
    return rules.may_decide(goodwill, staff.staff_id, staff.role)


def of_pours(uow: UnitOfWork, *, tenant_id: str, keys: Collection[Key]) -> dict[Key, Goodwill]:
    """What was given or is asked for, by (device, seq)."""
    found = GoodwillRepository(uow, tenant_id).of(keys)
    return {(one.device_id, one.seq): one for one in found}


def listed(
    uow: UnitOfWork, *, tenant_id: str, state: GoodwillState | None = None, limit: int = 100
) -> Sequence[Goodwill]:
    """Newest first; in this state where one is given."""
    return GoodwillRepository(uow, tenant_id).listed(state, limit)


def _check_first(given: GoodwillRepository, charge: Charge) -> None:
    """Refuse a second act for a pour; one that its card had to give back entirely ends here."""
    for other in given.of([(charge.device_id, charge.seq)]):
        if not rules.is_void(other, charge):
            raise rules.PutRightError("it was made good already, or a supervisor is asked about it")
        given.end(other)


def _before(given: GoodwillRepository, card_no: str, staff: Staff) -> rules.Given:
    now = clock.now()
    return rules.Given(
        card_fen=given.given_to_card(card_no, now - rules.CARD_WINDOW),
        agent_fen=given.given_by(staff.staff_id, clock.begins(clock.business_date(now))),
    )


def _hand_out(uow: UnitOfWork, goodwill: Goodwill, staff: Staff) -> None:
    goodwill.state, goodwill.given_at = GoodwillState.GIVEN, clock.now()
    settle(uow, goodwill, goodwill.amount_fen, staff.login)
    tell(uow, goodwill, cards.get(uow, tenant_id=goodwill.tenant_id, card_no=goodwill.card_no))


def _check_there(uow: UnitOfWork, goodwill: Goodwill) -> None:
    """Refuse to take back what a machine has got to write, or the card has paid with."""
    assert goodwill.given_at is not None
    gone = any(
        voucher.leased_at >= goodwill.given_at and voucher.state is not VoucherState.VOID
        for voucher in vouchers.of_card(uow, tenant_id=goodwill.tenant_id, card_no=goodwill.card_no)
    )
    money = ledger.card(uow, tenant_id=goodwill.tenant_id, card_no=goodwill.card_no)
    if gone or money.balance_fen - money.held_fen < goodwill.posted_fen:
        raise rules.TooLateError("it is too late to take it back: it is on the card, or drawn")


def _note(uow: UnitOfWork, goodwill: Goodwill, staff: Staff, act: str) -> None:
    audit.record(
        uow,
        tenant_id=goodwill.tenant_id,
        actor=staff.login,
        action=f"goodwill.{act}",
        subject=goodwill.subject,
        reason=f"{goodwill.why.value} {goodwill.words}".strip(),
    )

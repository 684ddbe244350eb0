"""What happens to claims without anybody asking: machines answer, money arrives, time passes."""

from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import audit, cards, clock, ledger, orders, policy
from tapline.cards import CardState, topups
from tapline.cards.topups import TopUpState
from tapline.ledger import chart
from tapline.orders import OrderState, booklets
from tapline.policy import Policy
from tapline.refunds.claims import money, rules
from tapline.refunds.claims.asking import request
from tapline.refunds.claims.case import NOTHING, Waits
from tapline.refunds.claims.cases import case_of
from tapline.refunds.claims.closing import CardClosing
from tapline.refunds.claims.deciding import look_again, pay_rest, tier_of
from tapline.refunds.claims.steps import note
from tapline.refunds.model import Reason, Refund, RefundKind, RefundState
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork


def advance(uow: UnitOfWork, *, tenant_id: str, refund_id: UUID) -> None:
    """Look at what is, mind the legal clock, and take the next step of a claim, if there is one.

    May be called at any time and any number of times; `NotFoundError` where there is none such.
    """
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    refund, in_force = refunds.get(refund_id, lock=True), policy.current(uow, tenant_id=tenant_id)
    _mind_clock(uow, refund, in_force)
    _advance(uow, refund, in_force)


def on_payout(uow: UnitOfWork, *, tenant_id: str, subject: str) -> None:
    """A leg of `subject` ended, one way or the other; not every payout is a refund's."""
    kind, _, name = subject.partition(":")
    if kind == "refund":
        advance(uow, tenant_id=tenant_id, refund_id=UUID(name))


def on_order(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> None:
    """Give back what was paid for an order that is gone, though nobody asked."""
    order = orders.get(uow, tenant_id=tenant_id, order_id=order_id)
    if order.state is not OrderState.CANCELLED:
        return
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    if refunds.open_about(order_id) is not None:
        return
    found = orders.refundable(uow, tenant_id=tenant_id, order_id=order_id)
    if found.goods_fen + found.deposit_fen > 0:
        request(
            uow,
            tenant_id=tenant_id,
            kind=RefundKind.ORDER_CANCEL,
            customer_id=order.customer_id,
            order_id=order_id,
            reason=Reason.NEVER_CAME,
            actor=audit.SYSTEM,
        )


def on_topup(uow: UnitOfWork, *, tenant_id: str, topup_id: UUID) -> None:
    """Give back what was paid for a card that had ended, though nobody asked."""
    topup = topups.get(uow, tenant_id=tenant_id, topup_id=topup_id)
    if topup.state is not TopUpState.STRANDED or topup.customer_id is None:
        return
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    if refunds.requested(topup.subject) is None:
        request(
            uow,
            tenant_id=tenant_id,
            kind=RefundKind.LOAD_CANCEL,
            customer_id=topup.customer_id,
            topup_id=topup_id,
            reason=Reason.CARD_ENDED,
            actor=audit.SYSTEM,
            request_key=topup.subject,
        )


def on_booklet(uow: UnitOfWork, *, tenant_id: str, purchase_id: UUID) -> None:
    """Give back what was paid for a booklet that had been paid, though nobody asked."""
    bought = booklets.purchase(uow, tenant_id=tenant_id, purchase_id=purchase_id)
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    account = chart.booklet(purchase_id)
    found = ledger.balances(uow, tenant_id=tenant_id, codes=[account.code])
    if account.code in found and found[account.code].available > 0:
        request(
            uow,
            tenant_id=tenant_id,
            kind=RefundKind.TICKET_UNUSED,
            customer_id=bought.customer_id,
            booklet_id=purchase_id,
            reason=Reason.PAID_AGAIN,
            actor=audit.SYSTEM,
        )


def follow_cards(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> None:
    """Pours or corrections came for these cards: mind those that are being closed, or are."""
    known = cards.known(uow, tenant_id=tenant_id, card_nos=card_nos)
    ending = {CardState.CLOSING, CardState.CLOSED}
    refunds = RefundRepository(uow, tenant_id)
    for card_no in sorted(no for no, card in known.items() if card.state in ending):
        refunds.be_alone()
        if (refund := refunds.closing_of(card_no)) is not None:
            _advance(uow, refund, policy.current(uow, tenant_id=tenant_id))


def waiting_for(uow: UnitOfWork, *, tenant_id: str, refund_id: UUID) -> Waits:
    """What keeps part of a claim back: nothing of one that is decided and paid."""
    refund = RefundRepository(uow, tenant_id).get(refund_id)
    if refund.kind is RefundKind.TXN_REVERSAL or refund.state.is_over:
        return NOTHING
    case = case_of(uow, refund, policy.current(uow, tenant_id=tenant_id))
    return case.waits() if refund.state.is_undecided or case.more_to_come else NOTHING


def open_claims(uow: UnitOfWork, *, tenant_id: str) -> Sequence[UUID]:
    """The claims that are not over, oldest first: each is to be advanced from time to time."""
    return RefundRepository(uow, tenant_id).open_claims()


def _advance(uow: UnitOfWork, refund: Refund, in_force: Policy) -> None:
    if refund.kind is RefundKind.TXN_REVERSAL:
        return
    case = case_of(uow, refund, in_force)
    if refund.state in {RefundState.WAITING, RefundState.REVIEW}:
        look_again(case)
    if refund.state in {RefundState.EXECUTING, RefundState.PARTIAL}:
        pay_rest(case)
        money.follow(case)
    if refund.order_id is not None and refund.state is RefundState.SETTLED:
        # What was paid for the order while this claim was under way had to wait for its end.
        on_order(uow, tenant_id=refund.tenant_id, order_id=refund.order_id)
    if isinstance(case, CardClosing) and not case.more_to_come:
        _mind_closed(uow, case)


def _mind_closed(uow: UnitOfWork, case: CardClosing) -> None:
    """Bring a closed card back to nil: what it owes is our loss, what it has is its holder's."""
    refund = case.refund
    if case.card.state is not CardState.CLOSED:
        return
    money_now = ledger.card(uow, tenant_id=refund.tenant_id, card_no=case.card_no)
    if money_now.balance_fen < 0:
        lost_fen = case.write_off()
        figures = {"written_off_fen": lost_fen}
        note(uow, refund, actor=audit.SYSTEM, reason="late_pours", figures=figures)
    elif money_now.balance_fen > 0:
        if back_fen := case.recover():
            figures = {"recovered_fen": back_fen}
            note(uow, refund, actor=audit.SYSTEM, reason="recovered", figures=figures)
        if money_now.balance_fen > back_fen:
            _give_late(uow, refund, money_now.balance_fen - back_fen)


def _give_late(uow: UnitOfWork, closing: Refund, amount_fen: int) -> None:
    """A claim of its own for what turned up, unless there is one or it was refused."""
    assert closing.customer_id is not None
    latest = RefundRepository(uow, closing.tenant_id).latest_after_closing(closing.card_no or "")
    if latest is not None and latest.state.is_undecided:
        _advance(uow, latest, policy.current(uow, tenant_id=closing.tenant_id))
        return
    refused_fen = 0
    if latest is not None and latest.state is RefundState.REJECTED:
        refused_fen = latest.amount_fen
    if amount_fen <= refused_fen:
        return
    request(
        uow,
        tenant_id=closing.tenant_id,
        kind=RefundKind.CARD_CLOSE,
        customer_id=closing.customer_id,
        card_no=closing.card_no,
        reason=Reason.AFTER_CLOSING,
        actor=audit.SYSTEM,
    )


def _mind_clock(uow: UnitOfWork, refund: Refund, in_force: Policy) -> None:
    """Remind, warn and escalate as the legal time passes, each once."""
    if refund.due_at is None or refund.state.is_over:
        return
    mark = rules.clock_mark(refund.created_at, refund.due_at, clock.now())
    if mark > refund.clock_percent:
        refund.clock_percent = mark
        if mark >= rules.ESCALATES_AT and refund.state.is_undecided:
            refund.tier = tier_of(case_of(uow, refund, in_force))
        note(uow, refund, actor=audit.SYSTEM, reason=f"clock_{mark}")

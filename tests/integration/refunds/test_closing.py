"""A card is given up: frozen, blocked, quoted, decided, paid back, closed."""

import pytest

from tapline import ledger, refunds
from tapline.cards import CardState, blocklist
from tapline.cards.facts import Payer, restate
from tapline.cards.facts.rules import Bearing, Restatement
from tapline.ledger import chart
from tapline.payments import RefundStatus
from tapline.people import Role
from tapline.refunds import Reason, RefundKind, RefundState, goodwill
from tapline.refunds.goodwill import Why
from tests.integration.consequences import drain
from tests.integration.refunds.counter import CARD, Counter

DRY = {"ml": 0, "pulses": 0, "status": "no_flow"}


@pytest.mark.req("C17", "C18", "H390", "H391")
def test_a_card_is_closed_and_its_money_goes_back_where_it_came_from(counter: Counter) -> None:
    counter.paid_in(4000, days_ago=60)
    newest = counter.paid_in(7000, days_ago=20)
    counter.arrives(counter.pours("A", 300))

    refund = counter.asks()
    assert counter.card_state == CardState.CLOSING
    assert blocklist.listed(counter.uow, tenant_id="demo", version=1) == [CARD]
    assert (refund.state, refund.amount_fen, refund.reserve_fen) == (RefundState.REVIEW, 9700, 2000)
    assert counter.money.held_fen == 9700

    counter.acknowledges("A", "B")
    counter.sweeps()
    assert refund.reserve_fen == 0
    counter.decides(refund)
    assert counter.card_state == CardState.CLOSED
    assert [
        (leg.payment_id == newest.payment_id, leg.amount_fen) for leg in counter.legs(refund)
    ] == [
        (True, 7000),
        (False, 2700),
    ]
    assert counter.payable_fen == 9700

    counter.all_arrives(refund)
    assert refund.state is RefundState.SETTLED
    assert (counter.payable_fen, counter.money.balance_fen) == (0, 0)
    assert counter.told() == [
        "您的退卡（尾号 1234）退款已受理，可退 97.00 元，最迟12月6日前退到您的账户。",
        "您的退卡（尾号 1234）退款已通过，97.00 元原路退回微信，最迟12月6日前到账。",
        "您的退卡（尾号 1234）退款已完成，共退 97.00 元。",
    ]


@pytest.mark.req("U27")
def test_the_undisputed_part_is_paid_while_a_machine_without_a_line_may_still_send(
    counter: Counter,
) -> None:
    counter.paid_in(10_000)
    refund = counter.asks()
    counter.acknowledges("A")
    late = counter.pours("B", 500)  # sold there before the machine could know
    counter.decides(refund)
    assert (refund.posted_fen, refund.reserve_fen) == (8000, 2000)
    counter.all_arrives(refund)
    assert refund.state is RefundState.PARTIAL

    counter.acknowledges("B")
    counter.sweeps()
    assert counter.card_state == CardState.CLOSING  # it has the list, but owes us a pour
    counter.arrives(late)
    counter.sweeps()
    assert counter.card_state == CardState.CLOSED
    assert refund.posted_fen == 9500
    counter.all_arrives(refund)
    assert (refund.state, counter.payable_fen) == (RefundState.SETTLED, 0)


def test_a_card_that_holds_no_more_than_the_reserve_waits_as_a_whole(counter: Counter) -> None:
    counter.arrives(counter.pours("A", 8500))
    refund = counter.asks()
    assert (refund.state, refund.amount_fen) == (RefundState.WAITING, 1500)
    waits = refunds.waiting_for(counter.uow, tenant_id="demo", refund_id=refund.refund_id)
    assert waits.devices == ("A", "B")
    counter.acknowledges("A", "B")
    counter.sweeps()
    assert refund.state is RefundState.REVIEW


@pytest.mark.req("U27")
def test_nobody_waits_longer_than_the_offline_window(counter: Counter) -> None:
    counter.paid_in(10_000)
    refund = counter.asks()
    counter.decides(refund)
    counter.passes(hours=71)
    assert counter.card_state == CardState.CLOSING
    counter.passes(hours=2)
    assert counter.card_state == CardState.CLOSED
    assert refund.posted_fen == 10_000


@pytest.mark.req("U27")
def test_late_pours_beyond_the_reserve_are_our_loss_and_never_the_holders(counter: Counter) -> None:
    refund = counter.asks()
    counter.decides(refund)
    late = counter.pours("B", 2600)
    counter.arrives(late)
    counter.acknowledges("A", "B")
    counter.sweeps()
    assert (refund.posted_fen, refund.written_off_fen) == (8000, 600)
    assert counter.balance_fen(chart.CLOSING_LOSS) == 600
    assert counter.money.balance_fen == 0


def test_a_pour_that_arrives_after_the_end_is_written_off_and_said(counter: Counter) -> None:
    refund = counter.asks()
    counter.decides(refund)
    late = counter.pours("B", 300)
    counter.passes(hours=73)
    counter.arrives(late)
    assert (counter.money.balance_fen, refund.written_off_fen) == (0, 300)
    steps = refunds.timeline(counter.uow, tenant_id="demo", refund_id=refund.refund_id)
    assert steps[-1].reason == "late_pours"
    assert steps[-1].figures == {"written_off_fen": 300}


def test_what_is_put_right_of_a_written_off_pour_restores_the_loss_and_pays_nobody(
    counter: Counter,
) -> None:
    refund = counter.asks()
    counter.decides(refund)
    late = counter.pours("B", 300, **DRY)
    counter.passes(hours=73)
    counter.arrives(late)
    assert (counter.money.balance_fen, refund.written_off_fen) == (0, 0)
    assert counter.balance_fen(chart.CLOSING_LOSS) == 0
    assert len(refunds.listed(counter.uow, tenant_id="demo", card_no=CARD)) == 2  # and the pour's


def test_a_correction_on_a_card_being_closed_is_added_to_what_is_paid(counter: Counter) -> None:
    counter.paid_in(10_000)
    dry = counter.pours("A", 400, **DRY)
    refund = counter.asks()
    counter.decides(refund)
    counter.arrives(dry)
    counter.acknowledges("A", "B")
    counter.sweeps()
    assert (refund.posted_fen, counter.money.balance_fen) == (10_000, 0)


def test_money_on_a_closed_card_goes_back_by_machine_when_it_is_little(counter: Counter) -> None:
    counter.paid_in(10_000)
    wrong = counter.pours("A", 900)
    counter.arrives(wrong)
    closing = counter.asks()
    counter.acknowledges("A", "B")
    counter.sweeps()
    counter.decides(closing)
    counter.all_arrives(closing)
    correction = ledger.Command(
        key="fix:test",
        kind="correction",
        event_at=closing.created_at,
        movement=ledger.Correct(CARD, 900),
        content="",
    )
    ledger.post(counter.uow, tenant_id="demo", commands=[correction])
    refunds.follow_cards(counter.uow, tenant_id="demo", card_nos=[CARD])
    (after, *_) = refunds.listed(counter.uow, tenant_id="demo", card_no=CARD)
    assert (after.reason, after.state) == (Reason.AFTER_CLOSING, RefundState.EXECUTING)
    counter.all_arrives(after)
    assert (after.posted_fen, after.state) == (900, RefundState.SETTLED)
    assert (counter.payable_fen, counter.money.balance_fen) == (0, 0)


@pytest.mark.parametrize(("given_fen", "late_fen"), [(0, 900), (900, 0)])
def test_what_a_closed_card_did_not_draw_after_all_goes_back_unless_it_was_given_before(
    counter: Counter, given_fen: int, late_fen: int
) -> None:
    counter.paid_in(10_000)
    counter.arrives(counter.pours("A", 900))
    if given_fen:
        goodwill.give(
            counter.uow,
            tenant_id="demo",
            card_no=CARD,
            device_id="A",
            seq=1,
            amount_fen=given_fen,
            why=Why.BAD_WATER,
            staff=counter.office[Role.AGENT],
        )
    closing = counter.asks()
    counter.acknowledges("A", "B")
    counter.sweeps()
    counter.decides(closing)
    counter.all_arrives(closing)
    assert closing.posted_fen == 9100 + given_fen

    nobodys = Bearing(Payer.SUSPENSE, None, 900)
    now = Restatement(device_id="A", seq=1, standing_hash=None, bearing=nobodys)
    restate(counter.uow, tenant_id="demo", restatements=[now])
    drain(counter.uow)

    late = [
        one.amount_fen
        for one in refunds.listed(counter.uow, tenant_id="demo", card_no=CARD)
        if one.reason == Reason.AFTER_CLOSING
    ]
    assert sum(late) == late_fen
    assert counter.money.balance_fen == 0


def test_an_empty_card_closes_without_anybodys_decision(counter: Counter) -> None:
    counter.arrives(counter.pours("A", 10_000))
    refund = counter.asks()
    assert refund.state is RefundState.WAITING
    counter.acknowledges("A", "B")
    counter.sweeps()
    assert (refund.state, refund.automatic) == (RefundState.SETTLED, True)
    assert counter.card_state == CardState.CLOSED


def test_bonus_lapses_when_the_holder_leaves_and_counts_when_we_gave_cause(
    counter: Counter,
) -> None:
    grant = ledger.Command(
        key="grant",
        kind="bonus",
        event_at=counter.card.issued_at,
        movement=ledger.Transfer(chart.BONUS, chart.card(CARD).bonus, 5000),
        content="",
    )
    ledger.post(counter.uow, tenant_id="demo", commands=[grant])
    counter.arrives(counter.pours("A", 4500))

    def total_fen(reason: Reason) -> int:
        return refunds.quote(
            counter.uow,
            tenant_id="demo",
            kind=RefundKind.CARD_CLOSE,
            customer_id=counter.holder.customer_id,
            card_no=CARD,
            reason=reason,
        ).quote.total_fen

    assert (total_fen(Reason.MOVED), total_fen(Reason.MACHINE_GONE)) == (5500, 7000)
    refund = counter.asks(reason=Reason.MACHINE_GONE)
    counter.acknowledges("A", "B")
    counter.sweeps()
    counter.decides(refund)
    assert (refund.posted_fen, refund.forfeit_fen, counter.money.balance_fen) == (7000, 3500, 0)


def test_an_old_cash_card_is_paid_by_transfer_and_the_holder_is_told(counter: Counter) -> None:
    refund = counter.asks()
    counter.acknowledges("A", "B")
    counter.sweeps()
    counter.decides(refund)
    (leg,) = counter.legs(refund)
    assert leg.state.needs_hand
    assert refund.state is RefundState.EXECUTING
    assert counter.told()[-1] == (
        "您的退卡（尾号 1234）退款无法原路退回，财务将改为银行转账，请留意来电核对账户。"
    )


def test_a_leg_that_the_provider_gives_up_leaves_the_refund_partial(counter: Counter) -> None:
    counter.paid_in(4000)
    counter.paid_in(6000)
    refund = counter.asks()
    counter.acknowledges("A", "B")
    counter.sweeps()
    counter.decides(refund)
    first, second = counter.legs(refund)
    counter.ends(first)
    counter.ends(second, RefundStatus.ABNORMAL)
    assert (refund.state, counter.payable_fen) == (RefundState.PARTIAL, second.amount_fen)
    for _ in range(3):
        refunds.advance(counter.uow, tenant_id="demo", refund_id=refund.refund_id)
    assert sum("银行转账" in text for text in counter.told()) == 1


def test_the_export_says_what_left_the_card(counter: Counter) -> None:
    refund = counter.asks()
    counter.decides(refund)
    late = counter.pours("B", 2600)
    counter.arrives(late)
    counter.acknowledges("A", "B")
    counter.sweeps()
    (row,) = refunds.export_refunds(counter.uow)
    assert (row.kind, row.card_no, row.taken_fen) == ("card_close", CARD, 10_000 - 2600)
    assert refund.posted_fen - refund.written_off_fen == row.taken_fen

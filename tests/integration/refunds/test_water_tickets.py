"""Water tickets that are not used go back as the money that was paid for them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tapline import audit, clock, payments, policy, refunds
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import InsufficientError, chart
from tapline.orders import booklets
from tapline.refunds import Reason, Refund, RefundKind, RefundState
from tapline.uow import UnitOfWork
from tests.integration.consequences import drain
from tests.integration.orders.kiosk import TEN, TEN_FEN, TWENTY, TWENTY_FEN, Kiosk
from tests.integration.orders.shop import MORNING, PRICE_FEN, SPRING
from tests.integration.refunds import deciding
from tests.paying import lapses, money_arrives


@pytest.fixture
def kiosk(uow: UnitOfWork) -> Iterator[Kiosk]:
    with clock.frozen(MORNING):
        yield Kiosk(uow)


def test_an_unused_booklet_goes_back_at_once_the_way_it_was_paid(kiosk: Kiosk) -> None:
    kiosk.sells_booklet()

    refund = _asks(kiosk)

    assert (refund.state, refund.automatic) == (RefundState.EXECUTING, True)
    assert refund.amount_fen == refund.posted_fen == TEN_FEN
    assert refund.quote is not None
    assert refund.quote["unused"]
    assert kiosk.mine().count == kiosk.prepaid_fen() == 0
    assert kiosk.balances()[chart.REFUND_PAYABLE.code] == TEN_FEN
    assert "退水票" in kiosk.told()[-1]


def test_what_was_used_stays_used_and_the_rest_goes_back_to_the_newest_payment_first(
    kiosk: Kiosk,
) -> None:
    kiosk.covers_buckets()
    first = kiosk.sells_booklet(TWENTY)
    clock.advance(timedelta(minutes=1))
    second = kiosk.sells_booklet(TEN)
    kiosk.delivers(kiosk.places({SPRING: 3}, tickets={SPRING: 3}), empties=3)

    refund = _asks(kiosk)

    paid_fen = TEN_FEN + TWENTY_FEN
    assert refund.amount_fen == paid_fen - paid_fen * 3 // 30
    legs = payments.payouts_of(kiosk.uow, tenant_id="demo", subject=refund.subject)
    assert [(leg.payment_id, leg.amount_fen) for leg in legs] == [
        (second.payment_id, TEN_FEN),
        (first.payment_id, refund.amount_fen - TEN_FEN),
    ]


def test_policy_may_count_what_was_used_by_the_barrel(kiosk: Kiosk) -> None:
    _policy(kiosk, tickets_used_at="barrel")
    kiosk.covers_buckets()
    kiosk.sells_booklet()
    kiosk.delivers(kiosk.places({SPRING: 3}, tickets={SPRING: 3}), empties=3)

    refund = _asks(kiosk)

    assert refund.posted_fen == refund.amount_fen == TEN_FEN - 3 * PRICE_FEN
    assert kiosk.earned_fen() == 3 * PRICE_FEN
    assert kiosk.mine().count == kiosk.prepaid_fen() == 0
    assert refund.quote is not None
    assert [line["amount_fen"] for line in refund.quote["lines"]] == [12_600, -600]


def test_tickets_of_an_order_on_its_way_are_not_given_back(kiosk: Kiosk) -> None:
    kiosk.covers_buckets()
    kiosk.sells_booklet()
    order = kiosk.places({SPRING: 2}, tickets={SPRING: 2})

    refund = _asks(kiosk)
    kiosk.delivers(order, empties=2)

    assert refund.posted_fen == TEN_FEN - 3600
    assert kiosk.earned_fen() == 3600
    assert kiosk.mine().count == kiosk.prepaid_fen() == 0


def test_while_a_person_decides_the_tickets_buy_nothing_and_withdrawn_they_do(
    kiosk: Kiosk,
) -> None:
    _machines_give_back_at_most(kiosk, 1000)
    kiosk.sells_booklet()
    refund = _asks(kiosk)
    assert refund.state is RefundState.REVIEW

    with pytest.raises(InsufficientError):
        kiosk.places({SPRING: 1}, tickets={SPRING: 1})
    with pytest.raises(ConflictError, match="asked for already"):
        _asks(kiosk)

    refunds.withdraw(
        kiosk.uow,
        tenant_id="demo",
        refund_id=refund.refund_id,
        customer_id=kiosk.customer.customer_id,
        actor="customer",
    )
    assert kiosk.mine().free == 10


def test_a_person_approves_what_a_machine_may_not(kiosk: Kiosk) -> None:
    _machines_give_back_at_most(kiosk, 1000)
    kiosk.sells_booklet()
    refund = _asks(kiosk)

    deciding.decide(kiosk.uow, refund, kiosk.agent)

    assert (refund.state, refund.posted_fen) == (RefundState.EXECUTING, TEN_FEN)


def test_who_has_no_tickets_has_nothing_to_give_back(kiosk: Kiosk) -> None:
    with pytest.raises(InvalidError, match="nothing to give back"):
        _asks(kiosk)


def test_tickets_brought_along_go_back_by_bank_transfer_on_a_persons_word(kiosk: Kiosk) -> None:
    booklets.open_balance(
        kiosk.uow,
        tenant_id="demo",
        customer_id=kiosk.customer.customer_id,
        sku=SPRING,
        ticket_count=5,
        key="paper-0042",
    )

    refund = _asks(kiosk)

    assert (refund.amount_fen, refund.state) == (9000, RefundState.REVIEW)


def test_a_booklet_paid_twice_is_one_booklet_and_the_second_payment_goes_back(
    kiosk: Kiosk,
) -> None:
    bought = kiosk.asks_for(TEN)
    first = lapses(kiosk.uow, bought.subject)
    kiosk.asks_for(TEN, key=bought.request_key)
    for payment in (None, first):
        money_arrives(kiosk.uow, bought.subject, payment=payment)
        drain(kiosk.uow)

    (refund,) = refunds.listed(kiosk.uow, tenant_id="demo", customer_id=kiosk.customer.customer_id)
    assert (refund.reason, refund.posted_fen) == (Reason.PAID_AGAIN, TEN_FEN)
    assert kiosk.mine() == booklets.InHand(SPRING, 10, 0, TEN_FEN)
    assert chart.booklet(bought.purchase_id).code not in kiosk.balances()


def _asks(kiosk: Kiosk) -> Refund:
    refund = refunds.request(
        kiosk.uow,
        tenant_id="demo",
        kind=RefundKind.TICKET_UNUSED,
        customer_id=kiosk.customer.customer_id,
        ticket_sku=SPRING,
        reason=Reason.NOT_NEEDED,
        actor=f"customer:{kiosk.customer.customer_id}",
    )
    drain(kiosk.uow)
    return refund


def _machines_give_back_at_most(kiosk: Kiosk, fen: int) -> None:
    _policy(kiosk, automatic_tickets_fen_max=fen)


def _policy(kiosk: Kiosk, **changes: int | str) -> None:
    policy.publish(
        kiosk.uow,
        tenant_id="demo",
        changes=changes,
        actor=audit.SYSTEM,
        reason="a test",
    )

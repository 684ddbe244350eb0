"""D27: an order, the books, the courier and the customer held together."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tapline import clock, ledger, orders, reconciliation, tickets
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.orders import Order, receipts
from tapline.orders.receipts import Answer
from tapline.reconciliation import Finding, Resolution
from tapline.reconciliation.sentences import plain
from tapline.uow import UnitOfWork
from tests.integration.consequences import drain
from tests.integration.orders.kiosk import TEN_FEN, Kiosk
from tests.integration.orders.shop import MORNING, PRICE_FEN, SPRING


@pytest.fixture
def kiosk(uow: UnitOfWork) -> Iterator[Kiosk]:
    with clock.frozen(MORNING):
        kiosk = Kiosk(uow)
        kiosk.covers_buckets()
        kiosk.sells_booklet()
        yield kiosk


def test_who_counts_otherwise_is_answered_by_his_courier_first(kiosk: Kiosk) -> None:
    order = _delivered(kiosk)

    _doubts(kiosk, order, came=1, given=2)

    finding = _finding(kiosk)
    assert (finding.subject, finding.amount_fen) == (order.subject, PRICE_FEN)
    assert not finding.needs_person
    assert plain(finding, "zh_CN") == (
        f"订水单 {order.number}：配送员记送达 2 桶、收空桶 1 个，用户说收到 1 桶、交回 2 个；"
        "正在请配送员核实"
    )
    assert [one.order_id for one in _asked(kiosk, order)] == [order.order_id]
    assert tickets.of_order(kiosk.uow, tenant_id="demo", order_id=order.order_id) == []
    kinds = [step["kind"] for step in finding.evidence["steps"]]
    assert kinds[-2:] == ["delivered", "doubted"]


def test_a_courier_who_agrees_puts_it_right_at_once(kiosk: Kiosk) -> None:
    order = _delivered(kiosk)
    before = kiosk.deposits().buckets
    _doubts(kiosk, order, came=1, given=2)

    for _ in range(2):
        _answers(kiosk, order, customer_is_right=True)

    finding = _finding(kiosk)
    assert (finding.resolution, finding.needs_person) == (Resolution.AUTO, False)
    assert kiosk.mine().free == 9
    assert kiosk.prepaid_fen() == TEN_FEN - 1800
    assert kiosk.earned_fen() == 1800
    assert kiosk.deposits().buckets == before - 2
    assert kiosk.order(order).lines[0].delivered == 1
    assert _asked(kiosk, order) == []


def test_money_for_a_barrel_that_did_not_come_can_be_asked_back(kiosk: Kiosk) -> None:
    order = kiosk.bought({SPRING: 2})
    kiosk.delivers(order)
    _doubts(kiosk, order, came=0, given=0)

    _answers(kiosk, order, customer_is_right=True)

    due = orders.refundable(kiosk.uow, tenant_id="demo", order_id=order.order_id)
    assert due.goods_fen == 2 * PRICE_FEN
    assert kiosk.earned_fen() == 0


@pytest.mark.parametrize("silent", [False, True])
def test_a_courier_who_insists_or_says_nothing_leaves_it_to_a_person(
    kiosk: Kiosk, silent: bool
) -> None:
    order = _delivered(kiosk)
    _doubts(kiosk, order, came=1, given=1)

    if silent:
        clock.advance(timedelta(hours=25))
        reconciliation.sweep_orders(kiosk.uow, tenant_id="demo")
        drain(kiosk.uow)
    else:
        _answers(kiosk, order, customer_is_right=False)

    finding = _finding(kiosk)
    assert (finding.resolution, finding.needs_person) == (Resolution.TICKET, True)
    (case,) = tickets.of_order(kiosk.uow, tenant_id="demo", order_id=order.order_id)
    assert case.category == "delivery_disputed"
    assert case.customer_id == kiosk.customer.customer_id
    assert kiosk.mine().free == 8


@pytest.mark.parametrize(
    ("step", "why"), [(f"redeem:{SPRING}", "not_redeemed"), ("buckets", "buckets")]
)
def test_books_that_lack_what_the_order_says_are_for_a_person(
    kiosk: Kiosk, step: str, why: str
) -> None:
    order = _delivered(kiosk)
    assert _found(kiosk) == []

    _taken_back(kiosk, f"{order.subject}:{step}")

    finding = _finding(kiosk)
    assert (finding.facts["why"], finding.needs_person) == (why, True)


def test_a_ticket_used_up_twice_is_found_and_over_once_it_is_put_right(kiosk: Kiosk) -> None:
    order = _delivered(kiosk)
    again = f"{order.subject}:recount:tickets:{SPRING}"
    hold = ledger.HoldTickets(kiosk.customer.customer_id, SPRING, 1, chart.BOTTLED)
    _posts(kiosk, "hold", hold)
    _posts(kiosk, again, ledger.UseTickets("hold", 1))
    reconciliation.sweep_orders(kiosk.uow, tenant_id="demo")
    assert _finding(kiosk).facts["why"] == "redeemed_twice"

    _taken_back(kiosk, again)

    assert _found(kiosk) == []


def test_nobody_doubts_what_is_not_his_is_not_there_or_is_agreed(kiosk: Kiosk) -> None:
    order = _delivered(kiosk)
    waiting = kiosk.places({SPRING: 1}, tickets={SPRING: 1})

    with pytest.raises(InvalidError, match="as well"):
        _doubts(kiosk, order, came=2, given=1)
    with pytest.raises(InvalidError, match="courier counted"):
        _doubts(kiosk, order, came=3, given=1)
    with pytest.raises(ConflictError, match="is assigned"):
        _doubts(kiosk, waiting, came=0, given=0)
    with pytest.raises(NotFoundError):
        receipts.answer(
            kiosk.uow,
            courier=kiosk.courier_of(order),
            order_id=order.order_id,
            customer_is_right=True,
        )


def _delivered(kiosk: Kiosk) -> Order:
    """Two barrels for two tickets, one empty taken along, says the courier."""
    order = kiosk.places({SPRING: 2}, tickets={SPRING: 2})
    kiosk.delivers(order, empties=1)
    drain(kiosk.uow)
    return order


def _taken_back(kiosk: Kiosk, key: str) -> None:
    """Somebody took a journal back by hand, and the books are looked at again."""
    lines = ledger.journal_of(kiosk.uow, tenant_id="demo", key=key).posted_lines
    _posts(kiosk, f"rev:{key}", ledger.Reverse(lines))
    reconciliation.sweep_orders(kiosk.uow, tenant_id="demo")


def _posts(kiosk: Kiosk, key: str, movement: ledger.Movement | ledger.Resolution) -> None:
    command = ledger.Command(
        key=key, kind="by_hand", event_at=clock.now(), movement=movement, content=key
    )
    ledger.post(kiosk.uow, tenant_id="demo", commands=[command])


def _doubts(kiosk: Kiosk, order: Order, *, came: int, given: int) -> None:
    receipts.doubt(
        kiosk.uow,
        tenant_id="demo",
        customer_id=kiosk.customer.customer_id,
        order_id=order.order_id,
        received={SPRING: came},
        buckets_given=given,
        words="少了一桶",
    )
    drain(kiosk.uow)


def _answers(kiosk: Kiosk, order: Order, *, customer_is_right: bool) -> None:
    found = receipts.answer(
        kiosk.uow,
        courier=kiosk.courier_of(order),
        order_id=order.order_id,
        customer_is_right=customer_is_right,
    )
    assert found.answer is (Answer.CUSTOMER_RIGHT if customer_is_right else Answer.AS_COUNTED)
    drain(kiosk.uow)


def _asked(kiosk: Kiosk, order: Order) -> list[Order]:
    return list(receipts.unanswered_of(kiosk.uow, courier=kiosk.courier_of(order)))


def _found(kiosk: Kiosk) -> list[Finding]:
    return list(reconciliation.listed(kiosk.uow, tenant_id="demo", codes=["D27"]))


def _finding(kiosk: Kiosk) -> Finding:
    (finding,) = _found(kiosk)
    return finding

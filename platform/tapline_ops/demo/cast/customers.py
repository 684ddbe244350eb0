"""Customers at their phones: giving cards back, ordering barrels, bringing buckets back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from tapline import cards, clock, orders, people, refunds, tickets
from tapline.cards import CardState
from tapline.orders import Order, OrderState, Wanted
from tapline.people import Role
from tapline.refunds import Reason, RefundKind, RefundState
from tapline.tickets import About, Source
from tapline.uow import UnitOfWork
from tapline_ops.demo import shop
from tapline_ops.demo.cast.checkout import pay
from tapline_ops.demo.cast.household import household
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO

_ORDERS_S = 3.0
_BARRELS = 2


def act(stage: Stage) -> Iterator[str]:
    """What customers do of themselves."""
    if stage.run_s >= stage.script.closes_at_s:
        for card_no in stage.script.closing_cards:
            if stage.do(partial(_give_back, card_no=card_no)):
                yield f"the holder of card …{card_no[-4:]} gives it back"
    if stage.do(partial(_report_loss, card_no=stage.script.stolen_card)):
        yield "a customer reports a card lost"
    if stage.run_s >= _ORDERS_S:
        yield from _order(stage)
    if stage.do(_complain_of_short):
        yield "a customer reports that a barrel was missing"
    if stage.do(_bring_buckets_back):
        yield "a customer brings buckets back and asks for the deposit"


def awaited(uow: UnitOfWork) -> list[str]:
    """What was to be asked back and was not yet, and what was and has not come to an end."""
    asked = refunds.listed(uow, tenant_id=DEMO, limit=1000)
    claims = [one for one in asked if one.kind is not RefundKind.TXN_REVERSAL]
    shown = set(RefundKind) - {RefundKind.TXN_REVERSAL, RefundKind.CARD_CLOSE}
    unasked = sorted(shown - {one.kind for one in claims})
    return [f"a {kind} asked for" for kind in unasked] + [
        f"the end of a {one.kind}, now {one.state}"
        for one in claims
        if not one.state.is_over and one.state is not RefundState.PARTIAL
    ]


def _give_back(uow: UnitOfWork, card_no: str) -> bool:
    card = cards.get(uow, tenant_id=DEMO, card_no=card_no)
    if card.state is not CardState.ACTIVE or card.customer_id is None:
        return False
    if refunds.listed(uow, tenant_id=DEMO, card_no=card_no, states=[RefundState.WITHDRAWN]):
        return False  # he has thought better of it once
    refunds.request(
        uow,
        tenant_id=DEMO,
        kind=RefundKind.CARD_CLOSE,
        customer_id=card.customer_id,
        reason=Reason.MOVED,
        actor=f"customer:{card.customer_id}",
        card_no=card_no,
        words="搬家了，用不到了",
        request_key=f"demo:{card_no}",
    )
    return True


def _report_loss(uow: UnitOfWork, card_no: str | None) -> bool:
    if card_no is None:
        return False
    card = cards.get(uow, tenant_id=DEMO, card_no=card_no)
    if card.state is not CardState.ACTIVE:
        return False
    actor = f"customer:{card.customer_id}"
    cards.report_lost(uow, tenant_id=DEMO, card_no=card_no, actor=actor, reason="钱包被偷了")
    return True


def _order(stage: Stage) -> Iterator[str]:
    """One household orders for the next window and pays at the cashier's."""
    order = stage.do(_place)
    if order.state is not OrderState.PLACED or not stage.is_ripe(f"pay:{order.order_id}", 1.0):
        return
    payment = stage.do(
        lambda uow: orders.begin_payment(uow, tenant_id=DEMO, order_id=order.order_id)
    )
    if pay(stage, payment.payment_id, title="桶装水"):
        yield f"a customer orders {_BARRELS} barrels and pays {order.total_fen / 100:.2f} yuan"


def _place(uow: UnitOfWork) -> Order:
    return orders.place(
        uow,
        tenant_id=DEMO,
        customer_id=household(uow).customer_id,
        lines=[Wanted("BW-PURE-19", _BARRELS)],
        address="莫干山路 231 号 8 幢 1 单元 302",
        district=shop.DISTRICTS[1],
        window=orders.windows(clock.now())[0],
        request_key="demo:household",
    )


@dataclass(frozen=True, slots=True)
class _Delivered:
    order: Order
    is_short: bool


def _delivered(uow: UnitOfWork) -> _Delivered | None:
    """What the household got."""
    for order in orders.listed(uow, tenant_id=DEMO, customer_id=household(uow).customer_id):
        if order.state is OrderState.DELIVERED:
            short = any((line.delivered or 0) < line.quantity for line in order.lines)
            return _Delivered(order, short)
    return None


def _complain_of_short(uow: UnitOfWork) -> bool:
    got = _delivered(uow)
    if got is None or not got.is_short:
        return False
    if refunds.listed(uow, tenant_id=DEMO, order_id=got.order.order_id):
        return False
    tickets.report(
        uow,
        tenant_id=DEMO,
        category="order_short",
        about=About(
            source=Source.PORTAL, customer_id=got.order.customer_id, order_id=got.order.order_id
        ),
        actor=f"customer:{got.order.customer_id}",
        words="少送了一桶",
    )
    refunds.request(
        uow,
        tenant_id=DEMO,
        kind=RefundKind.ORDER_SHORT,
        customer_id=got.order.customer_id,
        reason=Reason.CAME_SHORT,
        actor=f"customer:{got.order.customer_id}",
        order_id=got.order.order_id,
        words="少送了一桶",
        request_key=f"demo:short:{got.order.order_id}",
    )
    return True


def _bring_buckets_back(uow: UnitOfWork) -> bool:
    """Once the short barrel is settled, what is left of the deposit is asked for."""
    got = _delivered(uow)
    if got is None:
        return False
    customer_id = got.order.customer_id
    claims = refunds.listed(uow, tenant_id=DEMO, customer_id=customer_id)
    if any(one.kind is RefundKind.DEPOSIT_RETURN or not one.state.is_over for one in claims):
        return False
    if not claims:
        return False
    courier = next(one for one in people.staff_of(uow, tenant_id=DEMO) if one.role is Role.COURIER)
    orders.take_back(
        uow,
        tenant_id=DEMO,
        customer_id=customer_id,
        buckets=1,
        staff=courier,
        request_key="demo:buckets",
    )
    refunds.request(
        uow,
        tenant_id=DEMO,
        kind=RefundKind.DEPOSIT_RETURN,
        customer_id=customer_id,
        reason=Reason.BUCKETS_BACK,
        actor=f"customer:{customer_id}",
        request_key="demo:deposit",
    )
    return True

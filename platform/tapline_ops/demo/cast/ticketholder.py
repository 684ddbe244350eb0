"""Somebody who buys water tickets by the booklet, drinks one, and gives the rest back."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tapline import clock, orders, payments, people, refunds
from tapline.orders import Order, OrderState, Wanted, booklets
from tapline.orders.booklets import BookletPurchase, PurchaseState
from tapline.people import Customer
from tapline.refunds import Reason, RefundKind
from tapline.uow import UnitOfWork
from tapline_ops.demo import shop
from tapline_ops.demo.cast.checkout import pay
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO

_PHONE: Final = "13811110001"
_BEGINS_S: Final = 5.0


def act(stage: Stage) -> Iterator[str]:
    """Buy, order, ask for what is left."""
    if stage.run_s < _BEGINS_S:
        return
    bought = stage.do(_asked)
    if bought.state is not PurchaseState.ISSUED:
        if stage.is_ripe("booklet", 1.0) and _pay(stage, bought.subject, "水票"):
            yield f"a customer buys {bought.tickets} water tickets"
        return
    order = stage.do(_ordered)
    if order.state is OrderState.PLACED and stage.is_ripe("ticket order", 1.0):
        payment = stage.do(partial(_payment_of, order=order))
        if pay(stage, payment.payment_id, title="桶押金"):
            yield "a customer orders a barrel for a water ticket"
    elif order.state is OrderState.DELIVERED and stage.do(_give_back):
        yield "a customer gives unused water tickets back"


def _asked(uow: UnitOfWork) -> BookletPurchase:
    (offer,) = booklets.offered(uow, tenant_id=DEMO)
    return booklets.ask(
        uow,
        tenant_id=DEMO,
        customer_id=_holder(uow).customer_id,
        code=offer.code,
        version=offer.version,
        provider="wechat",
        request_key="demo:booklet",
    )


def _pay(stage: Stage, subject: str, title: str) -> bool:
    made = stage.do(lambda uow: payments.of_subject(uow, tenant_id=DEMO, subject=subject))
    return pay(stage, made[0].payment_id, title=title)


def _payment_of(uow: UnitOfWork, order: Order) -> payments.Payment:
    return orders.begin_payment(uow, tenant_id=DEMO, order_id=order.order_id)


def _ordered(uow: UnitOfWork) -> Order:
    return orders.place(
        uow,
        tenant_id=DEMO,
        customer_id=_holder(uow).customer_id,
        lines=[Wanted(shop.BOOKLET_SKU, 1, tickets=1)],
        address="江陵路 88 号 2 幢 1101",
        district=shop.DISTRICTS[2],
        window=orders.windows(clock.now())[0],
        request_key="demo:ticketholder",
    )


def _give_back(uow: UnitOfWork) -> bool:
    holder = _holder(uow).customer_id
    if refunds.listed(uow, tenant_id=DEMO, customer_id=holder):
        return False
    refunds.request(
        uow,
        tenant_id=DEMO,
        kind=RefundKind.TICKET_UNUSED,
        customer_id=holder,
        reason=Reason.NOT_NEEDED,
        actor=f"customer:{holder}",
        ticket_sku=shop.BOOKLET_SKU,
        request_key="demo:tickets",
    )
    return True


def _holder(uow: UnitOfWork) -> Customer:
    known = people.customer_by_phone(uow, tenant_id=DEMO, phone=_PHONE)
    return known or people.create_customer(uow, tenant_id=DEMO, phone=_PHONE, name="佟家")

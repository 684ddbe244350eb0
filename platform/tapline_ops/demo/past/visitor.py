"""What the customer did whose phone is printed: barrels last week, and a question that was
answered."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tapline import cards, orders, refunds, tickets
from tapline.cards import CardKind
from tapline.money import Fen
from tapline.refunds import Reason, RefundKind
from tapline.tickets import About, Outcome, Source
from tapline.uow import UnitOfWork
from tapline_ops.demo import shop
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past
from tapline_ops.provision import DEMO

_SCREEN_CARD: Final = "88020001"
_ORDER_KEY: Final = "demo:visitor"
_CATEGORY: Final = "device_fault"


def scenes(past: Past) -> Iterator[Scene]:
    """And what somebody else ordered, which has not come."""
    yield Scene(past.ago(9, 9), partial(_get_screen_card, past))
    yield Scene(past.ago(8, 9), partial(_order, past), is_followed=True)
    yield Scene(past.ago(8, 9, 40), partial(_bring, past, is_there=False))
    yield Scene(past.ago(8, 10, 30), partial(_bring, past, is_there=True))
    yield Scene(past.ago(6, 19), partial(_complain, past))
    yield Scene(past.ago(5, 9, 20), partial(_settle, past))
    yield Scene(past.ago(0, 0, 10), partial(_want_back, past))
    yield Scene(past.ago(2, 19), partial(shop.ordered, customer=past.neighbour))


def _get_screen_card(past: Past, uow: UnitOfWork) -> None:
    """A card that is a telephone: its code is scanned off the screen."""
    cards.issue(
        uow,
        tenant_id=DEMO,
        card_no=_SCREEN_CARD,
        kind=CardKind.QR,
        balance_fen=Fen(2000),
        customer_id=past.visitor.customer_id,
    )


def _order(past: Past, uow: UnitOfWork) -> None:
    shop.ordered(uow, customer=past.visitor, request_key=_ORDER_KEY)


def _bring(past: Past, uow: UnitOfWork, *, is_there: bool) -> None:
    (order,) = orders.listed(uow, tenant_id=DEMO, customer_id=past.visitor.customer_id)
    courier = next(one for one in past.people.values() if one.staff_id == order.courier_id)
    if not is_there:
        orders.depart(uow, courier=courier, order_id=order.order_id)
        return
    first = order.lines[0]
    orders.deliver(
        uow,
        courier=courier,
        order_id=order.order_id,
        buckets_returned=0,
        delivered={first.sku: first.quantity - 1},
    )


def _want_back(past: Past, uow: UnitOfWork) -> None:
    """One barrel was missing: somebody at the desk decides about its price."""
    (order,) = orders.listed(uow, tenant_id=DEMO, customer_id=past.visitor.customer_id)
    refunds.request(
        uow,
        tenant_id=DEMO,
        kind=RefundKind.ORDER_SHORT,
        customer_id=past.visitor.customer_id,
        reason=Reason.CAME_SHORT,
        actor=f"customer:{past.visitor.customer_id}",
        order_id=order.order_id,
        words="少送了一桶",
        request_key="demo:visitor:short",
    )


def _complain(past: Past, uow: UnitOfWork) -> None:
    machine = past.machine_on(0)
    tickets.report(
        uow,
        tenant_id=DEMO,
        category=_CATEGORY,
        about=About(
            source=Source.PORTAL,
            customer_id=past.visitor.customer_id,
            device_id=machine.device_id,
        ),
        actor=f"customer:{past.visitor.customer_id}",
        words="出水口关不严，一直在滴水",
    )


def _settle(past: Past, uow: UnitOfWork) -> None:
    (case,) = tickets.of_customer(uow, tenant_id=DEMO, customer_id=past.visitor.customer_id)
    tickets.close(
        uow,
        tenant_id=DEMO,
        ticket_id=case.ticket_id,
        staff=past.people["lin.xia"],
        version=case.version,
        outcome=Outcome.FIXED,
        body="已更换出水口密封圈",
    )

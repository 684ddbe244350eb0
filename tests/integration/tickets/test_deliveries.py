"""A barrel that does not come is one case, whoever says so first."""

from datetime import timedelta

import pytest

from tapline import clock, orders, tickets
from tapline.orders import Order
from tapline.tickets import About, EntryKind, Outcome, Source, Ticket, TicketState
from tests.integration.orders.conftest import shop as shop  # noqa: PLC0414 (a fixture)
from tests.integration.orders.shop import AFTER, Shop
from tests.integration.tickets.cast import kinds


def learned(shop: Shop, order: Order) -> Ticket | None:
    """What the worker does whenever an order has changed."""
    return tickets.on_order(shop.uow, tenant_id="demo", order_id=order.order_id)


def late(shop: Shop) -> Order:
    """Paid, and not there when the window was over."""
    order = shop.bought()
    clock.advance(AFTER - clock.now())
    orders.sweep_late(shop.uow, tenant_id="demo")
    return order


def complained(shop: Shop, order: Order, source: Source, category: str) -> Ticket:
    return tickets.report(
        shop.uow,
        tenant_id="demo",
        category=category,
        about=About(source=source, order_id=order.order_id),
        actor="customer",
        words="水还没到",
    )


def open_tickets(shop: Shop) -> list[Ticket]:
    return list(tickets.listed(shop.uow, tenant_id="demo"))


def test_an_order_on_its_way_in_time_is_no_case(shop: Shop) -> None:
    assert learned(shop, shop.bought()) is None


@pytest.mark.req("C60", "H198", "H206", "H394", "H395")
def test_late_by_the_clock_told_by_phone_and_by_portal_it_is_one_case(shop: Shop) -> None:
    order = late(shop)
    first = learned(shop, order)
    assert first is not None
    assert (first.source, first.customer_id) == (Source.ORDER, order.customer_id)
    assert first.facts["number"] == order.number
    by_phone = complained(shop, order, Source.HOTLINE, "order_undelivered")
    by_portal = complained(shop, order, Source.PORTAL, "order_late")
    learned(shop, order)
    assert first is by_phone is by_portal
    assert kinds(shop.uow, first) == [EntryKind.OPENED, EntryKind.COMMENT, EntryKind.COMMENT]


def test_when_it_comes_after_all_a_case_that_nobody_touched_is_over(shop: Shop) -> None:
    order = late(shop)
    ticket = learned(shop, order)
    assert ticket is not None
    shop.delivers(order)
    for _ in range(2):
        learned(shop, order)
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.FIXED)
    assert not open_tickets(shop)


def test_what_the_customer_complained_of_a_person_closes(shop: Shop) -> None:
    order = late(shop)
    learned(shop, order)
    complained(shop, order, Source.PORTAL, "order_undelivered")
    shop.delivers(order)
    learned(shop, order)
    (ticket,) = open_tickets(shop)
    assert ticket.state is TicketState.OPEN


def test_a_case_that_was_closed_is_not_opened_again_for_the_same_promise(shop: Shop) -> None:
    order = late(shop)
    ticket = learned(shop, order)
    assert ticket is not None
    member = shop.hires("agent")
    tickets.close(
        shop.uow,
        tenant_id="demo",
        ticket_id=ticket.ticket_id,
        staff=member,
        version=ticket.version,
        outcome=Outcome.FIXED,
    )
    clock.advance(timedelta(hours=1))
    learned(shop, order)
    assert not open_tickets(shop)

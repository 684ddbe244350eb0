"""A bad lot of barrels: held back, and found at everybody who has it."""

from collections.abc import Iterator

import pytest

from tapline import clock, orders, people, tickets
from tapline.errors import ConflictError
from tapline.orders import lots
from tapline.people import Role
from tapline.uow import UnitOfWork
from tapline.water import record_sample, report, traces
from tests.integration.orders.shop import MORNING, Shop
from tests.integration.water.laboratory import carry, told


@pytest.fixture
def shop(uow: UnitOfWork) -> Iterator[Shop]:
    with clock.frozen(MORNING):
        yield Shop(uow)


@pytest.mark.req("U3")
def test_a_bad_lot_is_held_and_everybody_who_has_it_is_found(shop: Shop) -> None:
    uow = shop.uow
    leader, _ = people.create_staff(
        uow, tenant_id="demo", login="he.qing", name="何青", role=Role.SUPERVISOR
    )
    mine, other, late = shop.bought(), shop.bought(), shop.bought()
    _delivers(shop, mine, " l2611-07 ")
    _delivers(shop, other, "L2611-08")
    sample = record_sample(uow, tenant_id="demo", lot="L2611-07", actor="he.qing", at=clock.now())
    report(
        uow,
        tenant_id="demo",
        sample_id=sample.sample_id,
        laboratory="杭州水质检测中心",
        report_no="B-1",
        readings={"pseudomonas": 2},
        actor="he.qing",
    )
    assert [one.lot for one in lots.held(uow, tenant_id="demo")] == ["L2611-07"]
    with pytest.raises(ConflictError, match="held back"), uow.attempt():
        _delivers(shop, late, "L2611-07")
    trace = traces.open_for_lot(uow, staff=leader, lot="L2611-07", sample_id=sample.sample_id)
    traces.tell_customers(uow, staff=leader, trace_id=trace.trace_id)
    carry(uow)
    (found,) = traces.orders_of(uow, tenant_id="demo", trace_id=trace.trace_id)
    assert (found.order_id, found.barrels) == (mine.order_id, 2)
    assert found.amount_fen == mine.goods_fen
    assert told(uow) == [shop.customer.phone]
    (ticket,) = tickets.of_order(uow, tenant_id="demo", order_id=mine.order_id)
    assert (ticket.category, ticket.ticket_id) == ("water_quality", found.ticket_id)
    assert (ticket.facts["lot"], ticket.facts["trace"]) == ("L2611-07", str(trace.trace_id))


def _delivers(shop: Shop, order: orders.Order, lot: str) -> None:
    orders.deliver(
        shop.uow,
        courier=shop.courier_of(order),
        order_id=order.order_id,
        buckets_returned=0,
        lot=lot,
    )

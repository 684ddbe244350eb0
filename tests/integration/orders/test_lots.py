"""The lot that barrels were filled in, as the courier tells it at the door."""

from tapline import orders
from tests.integration.orders.shop import Shop


def test_a_lot_may_be_told_after_its_barrels_were_handed_over(shop: Shop) -> None:
    order = shop.bought()
    shop.delivers(order)
    assert shop.order(order).lot is None

    for lot in ("L2611-07", ""):
        orders.deliver(
            shop.uow,
            courier=shop.courier_of(order),
            order_id=order.order_id,
            buckets_returned=shop.order(order).buckets_returned or 0,
            lot=lot,
        )

    assert shop.order(order).lot == "L2611-07"

"""A deposit is paid once for a bucket, and goes back only for a bucket."""

import pytest

from tapline import orders
from tapline.errors import InvalidError
from tapline.ledger import chart
from tests.integration.orders.shop import DEPOSIT_FEN, PRICE_FEN, PURE, SPRING, Shop


def test_a_household_that_gives_back_its_empties_pays_no_second_deposit(shop: Shop) -> None:
    shop.delivers(shop.bought({SPRING: 2}))

    again = shop.bought({SPRING: 2})
    more = shop.places({SPRING: 3})

    assert (again.deposit_fen, more.deposit_fen) == (0, DEPOSIT_FEN)
    assert again.total_fen == 2 * PRICE_FEN
    shop.delivers(again, empties=2)
    assert shop.deposits().buckets == 2


def test_a_deposit_is_given_back_for_buckets_that_came_back_and_no_others(shop: Shop) -> None:
    shop.delivers(shop.bought({SPRING: 2}))
    assert shop.deposits().returnable_fen == 0

    _take_back(shop, 1, "k1")
    _take_back(shop, 1, "k1")

    standing = shop.deposits()
    assert (standing.buckets, standing.returnable_fen) == (1, DEPOSIT_FEN)
    shop.gives_back(chart.bucket_deposit(shop.customer.customer_id), DEPOSIT_FEN)
    standing = shop.deposits()
    assert (standing.covered, standing.returnable_fen, standing.owed) == (1, 0, 0)


def test_the_deposit_of_an_order_on_its_way_is_not_given_back(shop: Shop) -> None:
    shop.bought({SPRING: 2})

    standing = shop.deposits()

    assert (standing.deposit_fen, standing.returnable_fen) == (0, 0)


def test_empties_that_were_owed_are_seen(shop: Shop) -> None:
    shop.delivers(shop.bought({SPRING: 2}))
    shop.delivers(shop.bought({SPRING: 2}), empties=1)

    assert shop.deposits().owed == 1


def test_a_bottle_without_deposit_is_nobodys_bucket(shop: Shop) -> None:
    shop.delivers(shop.bought({PURE: 4}))

    assert shop.deposits() == orders.Deposits(0, 0, 0, 0)


def test_empties_beyond_all_measure_are_a_slip_of_the_finger(shop: Shop) -> None:
    with pytest.raises(InvalidError, match="1 to 50"):
        _take_back(shop, 500, "k")


def _take_back(shop: Shop, buckets: int, key: str) -> None:
    orders.take_back(
        shop.uow,
        tenant_id="demo",
        customer_id=shop.customer.customer_id,
        buckets=buckets,
        staff=shop.couriers[0],
        request_key=key,
    )

"""Delivery windows and deposits, as sums and dates."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline import clock
from tapline.errors import InvalidError
from tapline.orders import DayPart, Wanted, Window, windows
from tapline.orders.buckets.rules import standing, to_pay
from tapline.orders.rules import checked, least_busy, number

SATURDAY = date(2026, 11, 21)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 21, hour, minute, tzinfo=clock.BUSINESS_ZONE)


def test_a_window_with_less_than_an_hour_left_is_not_promised() -> None:
    assert windows(at(10, 59))[0] == Window(SATURDAY, DayPart.MORNING)
    assert windows(at(11, 1))[0] == Window(SATURDAY, DayPart.AFTERNOON)
    assert windows(at(20, 30))[0] == Window(SATURDAY + timedelta(days=1), DayPart.MORNING)


def test_windows_are_in_business_time_whatever_the_servers_clock() -> None:
    window = windows(at(9))[0]

    assert window.start.isoformat() == "2026-11-21T08:00:00+08:00"
    assert window.end.isoformat() == "2026-11-21T12:00:00+08:00"
    assert windows(at(9))[-1].day == SATURDAY + timedelta(days=6)


def test_the_same_product_twice_is_one_quantity() -> None:
    wanted = [Wanted("A", 2, tickets=1), Wanted("B", 1), Wanted("A", 1)]

    assert checked(wanted) == {"A": Wanted("A", 3, tickets=1), "B": Wanted("B", 1)}


@pytest.mark.parametrize(
    "wanted",
    [
        [],
        [Wanted("A", 0)],
        [Wanted("A", 1), Wanted("A", 50)],
        [Wanted("A", 1, tickets=2)],
        [Wanted("A", 1, tickets=-1)],
    ],
)
def test_nothing_and_beyond_all_measure_are_refused(wanted: list[Wanted]) -> None:
    with pytest.raises(InvalidError):
        checked(wanted)


def test_the_least_busy_courier_gets_it_and_of_equals_the_first() -> None:
    assert least_busy(["li", "wang", "zhao"], [2, 1, 1]) == "wang"
    assert least_busy([], []) is None


def test_a_number_can_be_said_on_the_phone() -> None:
    assert number(SATURDAY, 42) == "B2611210042"


def test_the_oldest_deposits_are_given_back_first() -> None:
    one_home = standing(8000, 1, [5000, 3000])

    assert (one_home.covered, one_home.returnable_fen) == (2, 3000)
    assert standing(5000, 1, [5000, 3000]).returnable_fen == 0


def test_buckets_beyond_the_deposit_are_owed_and_nothing_is_given_back() -> None:
    more_home = standing(3000, 3, [3000])

    assert (more_home.covered, more_home.owed, more_home.returnable_fen) == (1, 2, 0)


def test_only_buckets_beyond_those_covered_cost_a_deposit() -> None:
    assert [to_pay(quantity, 2) for quantity in (1, 2, 3)] == [0, 0, 1]


@given(
    deposit_fen=st.integers(0, 50_000),
    buckets=st.integers(-3, 12),
    paid=st.lists(st.sampled_from([0, 2000, 3000, 5000]), max_size=8),
)
def test_what_is_given_back_never_uncovers_a_bucket(
    deposit_fen: int, buckets: int, paid: list[int]
) -> None:
    before = standing(deposit_fen, buckets, paid)
    after = standing(deposit_fen - before.returnable_fen, buckets, paid)

    assert 0 <= before.returnable_fen <= deposit_fen
    assert after.returnable_fen == 0
    assert after.owed == before.owed

"""Money on its way to a purse: what was written counts, however late and in whatever order."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.factories import START
from tests.gateway.stranger import pour
from tests.integration.wire.device import CARD, LEASE_OVER, Machine, machine, owe, purse, states


@pytest.fixture
def tapped(uow: UnitOfWork) -> Iterator[Machine]:
    """A machine that knows the card is owed 1.00 yuan."""
    with clock.frozen(START):
        device = machine(uow)
        device.hello(0, 0)
        owe(uow, 100)
        yield device


def test_a_write_that_arrives_after_the_lease_was_given_up_still_counts(tapped: Machine) -> None:
    """A hello that waited at the broker proves nothing about what was done after it was sent."""
    load = tapped.tap("r1").load
    clock.advance(LEASE_OVER)

    tapped.send(tapped.hello_letter(0, 0), tapped.pours_letter(tapped.written(1, load)))

    assert purse(tapped.uow) == (1_100, 0, 0)
    assert states(tapped.uow) == ["written"]
    assert tapped.tap("r2").load is None


def test_a_late_write_ends_the_same_when_the_money_was_drunk_meanwhile(tapped: Machine) -> None:
    load = tapped.tap("r1").load
    clock.advance(LEASE_OVER)
    tapped.hello(0, 0)
    tapped.pours(pour(1, CARD, before=1_100, amt=1_050))

    tapped.pours(tapped.written(2, load))

    assert purse(tapped.uow) == (50, 0, 0)


def test_money_written_late_and_leased_again_is_not_counted_twice(tapped: Machine) -> None:
    first = tapped.tap("r1").load
    clock.advance(LEASE_OVER)
    tapped.hello(0, 0)
    second = tapped.tap("r2").load

    tapped.pours(tapped.written(1, first), tapped.written(2, second))

    assert purse(tapped.uow) == (1_100, 0, 0)


def test_a_write_of_which_nobody_saw_the_end_is_not_counted(tapped: Machine) -> None:
    load = tapped.tap("r1").load

    tapped.pours(tapped.written(1, load, status="torn", bal_after=None))
    clock.advance(LEASE_OVER)
    tapped.hello(1, 1)

    assert purse(tapped.uow) == (1_000, 100, 100), "a machine's silence says nothing about it"


@pytest.mark.req("C5")
@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({"status": "reversed", "bal_after": None}, False),
        ({"status": "fault", "bal_after": 1_000}, False),
        ({"status": "card_removed"}, True),
    ],
)
def test_a_write_that_did_not_end_well_is_judged_by_the_purse(
    tapped: Machine, changes: dict[str, Any], written: bool
) -> None:
    load = tapped.tap("r1").load
    assert load is not None

    tapped.pours(tapped.written(1, load, **changes))

    assert purse(tapped.uow) == ((1_100, 0, 0) if written else (1_000, 100, 0))
    assert (tapped.tap("r2").load is not None) is not written, "offered again at once"


@pytest.mark.req("C5")
@pytest.mark.parametrize(
    ("atc", "bal", "outcome"),
    [
        (1, 0, "failed"),  # the card is as it was at the tap before
        (2, 100, "written"),
        (2, 0, "failed"),  # one operation, and it was another one
        (3, 50, "unknown"),  # two, of which the write may be one
    ],
)
def test_the_next_tap_decides_about_a_torn_write(
    tapped: Machine, atc: int, bal: int, outcome: str
) -> None:
    load = tapped.tap("r1").load
    tapped.pours(tapped.written(1, load, status="torn", bal_after=None))

    again = tapped.tap("r2", atc=atc, bal=bal).load

    books = {"failed": (1_000, 100, 100), "written": (1_100, 0, 0), "unknown": (1_000, 100, 100)}
    assert purse(tapped.uow) == books[outcome]
    assert (again is not None) is (outcome == "failed")
    assert again != load


@pytest.mark.parametrize("first", [0, 1])
def test_a_contradicted_write_counts_whichever_version_came_first(
    tapped: Machine, first: int
) -> None:
    load = tapped.tap("r1").load
    versions = [tapped.written(1, load), pour(1, CARD, before=1_000, status="torn")]

    tapped.pours(versions[first])
    tapped.pours(versions[1 - first])

    assert purse(tapped.uow) == (1_100, 0, 0)


def test_a_lease_is_not_given_up_where_we_lost_facts_that_we_had_released(tapped: Machine) -> None:
    """The restored backup knows the lease and not the write."""
    tapped.tap("r1")
    clock.advance(LEASE_OVER)

    tapped.hello(3, 3)

    assert states(tapped.uow) == ["leased"]


def test_a_voucher_is_written_by_the_machine_that_holds_it_and_no_other(tapped: Machine) -> None:
    load = tapped.tap("r1").load
    wrong_amount = tapped.written(1, load, amt=900)
    wrong_card = tapped.written(2, load) | {"card": {"no": "99990000", "kind": "cpu"}}

    tapped.pours(wrong_amount, wrong_card, tapped.written(3, "no-such-voucher"))

    assert purse(tapped.uow) == (1_000, 100, 100)


def test_an_answer_repeated_after_the_write_is_the_same_answer(tapped: Machine) -> None:
    answer = tapped.tap("r1")
    tapped.pours(tapped.written(1, answer.load))
    clock.advance(timedelta(seconds=1))

    assert tapped.tap("r1") == answer
    assert purse(tapped.uow) == (1_100, 0, 0)

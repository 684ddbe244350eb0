"""What a meter counted, and what it costs."""

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.errors import InvalidError
from tapline.partners.utilities import rules

FIRST = date(2026, 10, 1)


class Reading(NamedTuple):
    day: date
    amount: int
    begins: bool = False


def on(day: int, amount: int, *, begins: bool = False) -> Reading:
    return Reading(FIRST + timedelta(days=day), amount, begins)


def test_a_day_read_again_is_corrected() -> None:
    kept = rules.standing([on(0, 100), on(30, 900), on(30, 300)])

    assert [used.amount for used in rules.used(kept)] == [200]


def test_an_exchanged_meter_counts_anew() -> None:
    read = [on(0, 9_000), on(30, 50, begins=True), on(60, 450)]

    assert [used.amount for used in rules.used(read)] == [0, 400]


def test_a_meter_that_runs_backwards_is_read_again() -> None:
    with pytest.raises(InvalidError, match="exchanged"):
        rules.check([on(0, 500)], on(30, 0).day, 400, begins=False)
    with pytest.raises(InvalidError, match="showed less"):
        rules.check([on(60, 500)], on(30, 0).day, 600, begins=False)
    rules.check([on(0, 500)], on(30, 0).day, 10, begins=True)
    rules.check([on(0, 500), on(30, 900)], on(30, 0).day, 600, begins=False)


def test_a_price_with_parts_of_a_fen_is_rounded_once_a_line() -> None:
    assert rules.cost_fen(66_700, 53_830) == 3590  # 66.7 kWh at 0.5383 yuan are 35.90 yuan
    assert rules.cost_fen(1_000, 500) == 1
    assert rules.cost_fen(1_000, 499) == 0


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=8).map(sorted))
def test_lines_add_up_to_what_the_meter_counted(shown: list[int]) -> None:
    used = rules.used([on(at, amount) for at, amount in enumerate(shown)])

    assert sum(one.amount for one in used) == shown[-1] - shown[0]
    assert all(one.amount >= 0 for one in used)

"""Erlang's formulas against figures that others published."""

import pytest

from tapline.routing import erlang


@pytest.mark.parametrize(
    ("load", "lines"),
    # Erlang B table, one call in a hundred lost: V. B. Iversen, Teletraffic Engineering Handbook.
    [(1.361, 5), (4.461, 10), (12.031, 20), (37.901, 50), (84.064, 100)],
)
def test_one_call_in_a_hundred_is_lost_at_the_load_of_the_table(load: float, lines: int) -> None:
    assert erlang.blocked(load, lines) == pytest.approx(0.01, abs=0.00005)


def test_three_agents_under_two_erlang_keep_four_callers_of_nine_waiting() -> None:
    # M/M/3 at load 2, a textbook example with the exact result 4/9.
    assert erlang.delayed(2, 3) == pytest.approx(4 / 9)


def test_fifty_agents_with_and_without_impatience() -> None:
    # Garnett, Mandelbaum, Reiman, Designing a Call Center with Impatient Customers (2002), the
    # introduction's comparison: 48 calls a minute of one minute, patience of two.
    patient = erlang.patient(48 / 60, 60, 50, within_s=20)
    assert patient.asa_s == pytest.approx(20.8, abs=0.05)
    assert patient.occupancy == pytest.approx(0.96)
    impatient = erlang.impatient(48 / 60, 60, 50, patience_s=120, within_s=20)
    assert impatient.abandoned == pytest.approx(0.031, abs=0.0005)
    assert impatient.wait_s == pytest.approx(3.7, abs=0.05)
    assert impatient.occupancy == pytest.approx(0.93, abs=0.005)


def test_very_patient_callers_wait_as_if_they_never_hung_up() -> None:
    endless = erlang.impatient(120 / 3600, 150, 8, patience_s=1e7, within_s=20)
    forever = erlang.patient(120 / 3600, 150, 8, within_s=20)
    assert forever.asa_s is not None
    assert endless.asa_s == pytest.approx(forever.asa_s, rel=1e-3)
    assert endless.service_level == pytest.approx(forever.service_level, abs=1e-4)


def test_beyond_full_load_patient_callers_wait_without_end_and_impatient_ones_do_not() -> None:
    assert erlang.patient(1, 10, 8, within_s=20).asa_s is None
    assert erlang.impatient(1, 10, 8, patience_s=30, within_s=20).asa_s is not None

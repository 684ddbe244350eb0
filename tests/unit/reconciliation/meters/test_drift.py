"""A meter that drifts is told by whatever else measured the same water."""

from datetime import timedelta

from tapline.reconciliation.meters import drift
from tapline.reconciliation.meters.drift import Drift, Reference
from tests.unit.reconciliation.meters.machine import START, pour


def test_the_middle_pour_tells_of_drift_and_a_burst_does_not() -> None:
    sound, burst = [(1500, 1500)] * 60, [(90_000, 1500)] * 10
    off = [(1575, 1500)] * 60

    assert drift.by_totals([*sound, *burst]) == Drift("totals", 0)
    assert drift.by_totals([*off, *burst]) == Drift("totals", 50)


def test_a_few_pours_say_nothing() -> None:
    assert drift.by_totals([(1600, 1500)] * (drift.PAIRS_MIN - 1)) is None


def hourly(count: int, step_ml: int) -> list[Reference]:
    return [Reference(START + timedelta(hours=hour), hour * step_ml) for hour in range(count)]


def test_a_reference_meter_tells_how_far_ours_is_off() -> None:
    told = drift.by_reference(hourly(100, 1000), hourly(100, 1040), ml_min=20_000)

    assert told == Drift("reference", 40)


def test_little_water_says_nothing_of_a_meter() -> None:
    assert drift.by_reference(hourly(9, 1000), hourly(9, 1040), ml_min=20_000) is None


def test_pulses_that_come_to_stand_for_more_water_are_a_drift() -> None:
    usual = [pour(seq) for seq in range(1, 31)]
    # The meter loses pulses, and the firmware was told so: each stands for 4 % more.
    shifted = [pour(seq, pulses=649) for seq in range(31, 61)]

    told = drift.by_pulses([*usual, *shifted])

    assert told is not None
    assert told.witness == "pulses"
    assert abs(told.per_mille) == 39


def test_noise_of_a_pulse_more_or_less_is_no_drift() -> None:
    facts = [pour(seq, pulses=675 + seq % 3 - 1) for seq in range(1, 120)]

    assert drift.by_pulses(facts) is None


def test_the_worst_witness_is_heard() -> None:
    assert drift.worst([Drift("totals", 12), None, Drift("pulses", -41)]) == Drift("pulses", -41)

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_sim.physics import NO_FLOW_S, Nozzle, Sensors, build_nozzle
from tapline_sim.plan import dice

NOZZLE = Nozzle(steady_ml_s=80.0, rise_s=0.35)


@given(asked_ml=st.integers(100, 5000), flow_ml_s=st.integers(20, 900), seed=st.integers(0, 99))
def test_an_ordinary_pour_gives_what_was_asked_and_little_more(
    asked_ml: int, flow_ml_s: int, seed: int
) -> None:
    flow = build_nozzle(flow_ml_s, dice(seed)).pour(asked_ml)
    assert asked_ml <= flow.ml <= asked_ml + 0.06 * flow_ml_s + 5
    assert flow.ml == flow.pulses * 1000 // 450


@given(asked_ml=st.integers(300, 1000), delivered=st.floats(0.3, 0.8))
def test_a_partial_pour_stays_between_nothing_and_enough(asked_ml: int, delivered: float) -> None:
    flow = NOZZLE.pour(asked_ml, delivered=delivered)
    assert 50 <= flow.ml < 0.9 * asked_ml


def test_without_water_the_meter_stands_still_until_the_firmware_gives_up() -> None:
    flow = NOZZLE.pour(500, delivered=0)
    assert (flow.pulses, flow.ml, flow.lasts_s) == (0, 0, NO_FLOW_S)


def test_flow_rises_to_its_steady_value() -> None:
    flows = [NOZZLE.flow_ml_s(seconds) for seconds in (0, 0.1, 0.35, 1, 5)]
    assert flows == sorted(flows)
    assert flows[0] == 0
    assert flows[2] == pytest.approx(80 * 0.632, rel=0.01)
    assert flows[-1] == pytest.approx(80, rel=0.001)


@given(volume_ml=st.floats(1, 10_000))
def test_the_time_to_a_volume_inverts_the_flow(volume_ml: float) -> None:
    seconds, steps = NOZZLE.seconds_to(volume_ml), 2000
    middles = ((step + 0.5) * seconds / steps for step in range(steps))
    poured_ml = sum(NOZZLE.flow_ml_s(moment) for moment in middles) * seconds / steps
    assert poured_ml == pytest.approx(volume_ml, rel=0.001)


def test_readings_are_whole_numbers_with_their_units() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    readings = Sensors(dice(7)).read(noon, flow_ml_s=80.0, valve_open=True)
    assert all(type(value) is int for value in readings.values())
    assert readings["tds_out"] < readings["tds_in"]
    assert readings["p_post_kpa"] < readings["p_in_kpa"]
    assert readings["rssi_dbm"] < 0


def test_a_pump_against_a_closed_valve_draws_more_than_a_pouring_one() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    pouring = Sensors(dice(7)).read(noon, flow_ml_s=80.0, valve_open=True)
    stuck = Sensors(dice(7)).read(noon, flow_ml_s=0.0, valve_open=True)
    assert stuck["flow_ml_s"] == 0
    assert stuck["pump_ma"] > 1.3 * pouring["pump_ma"]

"""Worn parts show in the readings as they do in life, and in no other."""

from datetime import datetime, timedelta, timezone

import pytest

from tapline_sim import dialects
from tapline_sim.conditions import Wear
from tapline_sim.physics import Sensors
from tapline_sim.plan import dice
from tapline_sim.wear import Worn

NOON = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=8)))
POURING = Sensors(dice(7)).read(NOON, flow_ml_s=80.0, valve_open=True)
STILL = Sensors(dice(7)).read(NOON, flow_ml_s=0.0, valve_open=False)


@pytest.mark.parametrize(
    ("wear", "changed"),
    [
        (Wear(), set()),
        (Wear(prefilter=1.0), {"p_post_kpa"}),
        (Wear(pump=0.3), {"flow_ml_s", "pump_ma"}),
        (Wear(membrane=0.5), {"flow_ml_s", "tds_out"}),
        (Wear(salt_leak=3.0), {"tds_out"}),
        (Wear(meter=0.93), {"flow_ml_s"}),
        (Wear(tds_gain=0.4), {"tds_out"}),
        (Wear(lamp=0.5), {"uv_w_m2"}),
    ],
)
def test_each_part_shows_where_it_shows(wear: Wear, changed: set[str]) -> None:
    read = Worn(dice(1)).read(POURING, wear)
    assert {name for name, value in read.items() if value != POURING[name]} == changed


def test_a_leak_runs_while_nobody_draws() -> None:
    leaking, worn = Wear(leak_ml_s=6.0), Worn(dice(1))
    assert worn.read(STILL, leaking)["flow_ml_s"] == 6
    assert worn.read(POURING, leaking) == POURING


def test_a_stuck_sensor_says_the_same_for_ever() -> None:
    stuck, worn = Wear(tds_stuck=True), Worn(dice(1))
    first = worn.read(POURING, stuck)["tds_out"]
    assert worn.read({**POURING, "tds_out": 99}, stuck)["tds_out"] == first


def test_so_many_reports_never_arrive() -> None:
    poor, worn = Wear(silent=0.3), Worn(dice(1))
    assert 600 < sum(worn.arrives(poor) for _ in range(1000)) < 800


def test_an_old_firmware_says_the_same_in_other_units() -> None:
    said = dialects.spoken("1.9.3", {"p_in_kpa": 215, "flow_ml_s": 80, "temp_c_x10": 215, "x": 1})
    assert said == {"p_in_bar_x100": 215, "flow_l_h": 288, "temp_f_x10": 707, "x": 1}
    assert dialects.spoken("2.4.1", POURING) == POURING

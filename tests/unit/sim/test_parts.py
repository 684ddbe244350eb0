"""Parts age with use, by the laws under which whole estates age; the truth says when they fail."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from tapline_sim import laws, seasons, stories
from tapline_sim import world as worlds
from tapline_sim.boiler import HOT_C, LITRES, Boiler
from tapline_sim.card_reader import CardReader
from tapline_sim.conditions import ClimateSpec, Wear
from tapline_sim.counters import Counters
from tapline_sim.laws import LAWS, LITRES_A_DAY
from tapline_sim.parts import TAPS_A_DAY, Parts
from tapline_sim.physics import Sensors, build_nozzle
from tapline_sim.plan import dice
from tapline_sim.store import Store
from tapline_sim.truth import Truth
from tapline_sim.wear import Worn, lamp_h
from tapline_sim.world import World

CHINA = timezone(timedelta(hours=8))
SUMMER, WINTER = (datetime(2026, month, 20, 12, tzinfo=CHINA) for month in (7, 1))
DEVICES = 120

Build = Callable[..., World]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """A world of many dispensers, of which the first are worn as the test says."""
    with closing(Store(tmp_path / "state")) as store:

        def built(*worn: Wear, **plan: Any) -> World:
            told = stories.read("load", stories.Given(broker="mqtt://x", devices=DEVICES))
            first = {told.devices[place].device_id: wear for place, wear in enumerate(worn)}
            told = replace(told, cards=(), plan=replace(told.plan, worn=first, **plan))
            return worlds.build(told, store, Truth(store, tmp_path))

        yield built


def parts(world: World, place: int = 0) -> Parts:
    return Parts(world.scenario.devices[place], world)


def after(days: float) -> Counters:
    """What a dispenser has counted after so many days of usual use."""
    return Counters(ml=round(days * LITRES_A_DAY * 1000), n=round(days * TAPS_A_DAY))


def told(world: World, folder: Path) -> list[dict[str, Any]]:
    world.truth.flush()
    lines = (folder / "truth.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["t"] == "part"]


@pytest.mark.parametrize("part", sorted(LAWS.keys() - {"membrane", "element"}))
def test_about_half_of_all_parts_live_as_long_as_their_law_says(build: Build, part: str) -> None:
    world, age = build(), after(LAWS[part].life_d)
    failed = [part in parts(world, place).failed(age) for place in range(DEVICES)]
    assert 0.33 < np.mean(failed) < 0.67


def test_who_draws_more_wears_more_and_nothing_heals(build: Build) -> None:
    one = parts(build())
    ages = [one.worn(after(days)) for days in (0, 30, 100, 300, 100_000)]
    assert ages[0] == Wear()
    for part in LAWS:
        grown = [getattr(worn, part) for worn in ages]
        assert grown == sorted(grown)
        assert grown[1] > 0


def test_wear_hangs_on_the_counters_alone_so_a_killed_fleet_goes_on_where_it_was(
    build: Build,
) -> None:
    world = build(Wear(prefilter=0.5))
    assert parts(world).worn(after(50)) == parts(world).worn(after(50))
    assert parts(world).worn(after(0)).prefilter == pytest.approx(0.5)
    assert parts(world, 1).worn(after(50)) != parts(world, 2).worn(after(50))


def test_a_plan_lets_parts_age_in_minutes(build: Build) -> None:
    quick = parts(build(ageing=1000.0))
    assert quick.failed(after(0)) == []
    assert "lamp" in quick.failed(after(1))


def test_scale_makes_an_element_age_faster(build: Build) -> None:
    scaled = parts(build(Wear(scale=2.0))).worn(after(200))
    assert scaled.element > 1.5 * parts(build()).worn(after(200)).element


def test_the_truth_says_what_was_worn_at_the_start_and_what_failed_when(
    build: Build, tmp_path: Path
) -> None:
    world = build(Wear(lamp=0.4, reader=1.2))
    one = parts(world)
    with world.store.transaction():
        one.tell_start(after(0))
        for day in range(0, 2000, 50):
            one.tell_failures(after(day), after(day + 50))
    lines = told(world, tmp_path)
    start = {(line["part"], line["worn"], line["failed"]) for line in lines[:2]}
    assert start == {("lamp", 0.4, False), ("reader", 1.2, True)}
    failed = [line["part"] for line in lines if line["failed"]]
    assert sorted(failed) == sorted(LAWS), "each once"


def test_the_laws_are_the_same_for_one_device_and_for_an_estate() -> None:
    worn = np.array([0.0, 0.2, 0.6])
    for law in (laws.pressure_lost, laws.head, laws.current, laws.salts_passed, laws.heating_time):
        assert law(worn) == pytest.approx([law(float(one)) for one in worn])
    for other in (laws.light, laws.misread, laws.fluidity, seasons.thirst):
        assert other(worn) == pytest.approx([other(float(one)) for one in worn])
    pump = LAWS["pump"]
    steps, rate = 20_000, pump.rate(100.0)
    little = worn.copy()
    for _ in range(steps):
        little += rate * 50 / steps * pump.pull(little)
    assert little == pytest.approx([pump.after(float(one), rate * 50) for one in worn], rel=1e-3)


def heated(wear: Wear, *, inlet_c: float = 15.0) -> dict[str, int]:
    """What a boiler has counted once it has made good ten litres."""
    boiler = Boiler(dice(1))
    boiler.read(0, 0, inlet_c, wear)
    boiler.read(0, 10_000, inlet_c, wear)
    return boiler.read(3600, 10_000, inlet_c, wear)


def test_scale_costs_time_and_energy_an_old_element_time_alone() -> None:
    clean, scaled, old = heated(Wear()), heated(Wear(scale=0.8)), heated(Wear(element=0.3))
    assert scaled["heat_s"] == pytest.approx(1.72 * clean["heat_s"], rel=0.02)
    assert scaled["heat_wh"] == pytest.approx(1.72 * clean["heat_wh"], rel=0.02)
    assert old["heat_s"] == pytest.approx(clean["heat_s"] / 0.7, rel=0.02)
    assert old["heat_wh"] == pytest.approx(clean["heat_wh"], rel=0.02)


def test_a_cold_winter_looks_a_little_like_scale() -> None:
    assert heated(Wear(), inlet_c=5)["heat_s"] > 1.1 * heated(Wear(), inlet_c=15)["heat_s"]


def test_a_boiler_cools_by_what_is_drawn_and_comes_back() -> None:
    boiler = Boiler(dice(1))
    full = boiler.read(0, 0, 15.0, Wear())
    drawn = boiler.read(0, 8_000, 15.0, Wear())
    later = boiler.read(60, 8_000, 15.0, Wear())
    hot = boiler.read(600, 8_000, 15.0, Wear())
    assert full["boiler_c_x10"] == hot["boiler_c_x10"] == 10 * HOT_C
    assert drawn["boiler_c_x10"] < later["boiler_c_x10"] < full["boiler_c_x10"]
    emptied = boiler.read(600, round(9_000 * LITRES), 15.0, Wear())
    assert emptied["boiler_c_x10"] == 150, "no colder than what flows in"
    boiler.restart()
    assert boiler.read(600, round(9_000 * LITRES), 15.0, Wear())["heat_wh"] == 0


def test_a_worn_reader_misses_cards_and_counts_what_it_missed() -> None:
    def missed(wear: Wear) -> int:
        reader = CardReader(dice(3))
        seen = sum(reader.sees(wear) for _ in range(2000))
        assert (reader.taps, reader.misreads) == (2000, 2000 - seen)
        return reader.misreads

    assert 4 <= missed(Wear()) <= 32
    assert 340 <= missed(Wear(reader=0.75)) <= 480


def test_a_lamp_dims_with_its_hours_and_in_cold_water() -> None:
    def light(now: datetime, wear: Wear) -> int:
        sensors = Sensors(dice(7))
        return Worn(dice(1)).read(sensors.read(now, flow_ml_s=0, valve_open=False), wear)["uv_w_m2"]

    assert light(SUMMER, Wear(lamp=1.0)) == pytest.approx(0.41 * light(SUMMER, Wear()), rel=0.1)
    assert light(WINTER, Wear()) < 0.95 * light(SUMMER, Wear())
    assert lamp_h(Wear(lamp=1.15)) == 8766


def test_the_year_is_in_the_water_and_in_the_customers() -> None:
    city = ClimateSpec(mean_c=16, swing_c=9)
    warm, cold = seasons.water_c(city, SUMMER), seasons.water_c(city, WINTER)
    assert warm > 24
    assert cold < 11
    assert seasons.thirst(warm) > 1.1 * seasons.thirst(cold)
    read = Sensors(dice(7), city).read(WINTER, flow_ml_s=0, valve_open=False)
    assert abs(read["temp_c_x10"] / 10 - cold) < 3
    nozzle = build_nozzle(80, dice(7))
    assert nozzle.at(cold).steady_ml_s < 0.75 * nozzle.at(warm).steady_ml_s

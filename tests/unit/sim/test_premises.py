"""A site's machines share the hours of its people and its one uplink, in a live fleet as in estates
that age at once."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from tapline_sim import laws
from tapline_sim.conditions import SiteSpec
from tapline_sim.customs import CUSTOMS, MIXED_BLOCKS, MIXED_WEEKEND
from tapline_sim.device_clock import BEIJING
from tapline_sim.plan import dice
from tapline_sim.premises import Cut, Premises
from tapline_sim.reactor import Timer
from tapline_sim.store import Store
from tapline_sim.truth import Truth

MONDAY = datetime(2026, 11, 23, tzinfo=BEIJING)
BLOCK_S = 86_400 / 4


class Clockwork:
    """A reactor whose time passes at once."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self._due: list[tuple[float, int, Timer]] = []
        self._made = 0

    def after(self, delay_s: float, action: Callable[[], None]) -> Timer:
        timer, self._made = Timer(action), self._made + 1
        heapq.heappush(self._due, (self._now_s + delay_s, self._made, timer))
        return timer

    def run(self, until_s: float) -> None:
        while self._due and self._due[0][0] <= until_s:
            self._now_s, _, timer = heapq.heappop(self._due)
            timer.fire()


class Heard(Truth):
    """The truth, to be read at once."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[str, ...], bool]] = []

    def uplink(self, site: str, device_ids: object, *, connected: bool) -> None:
        self.told.append((site, tuple(device_ids), connected))  # type: ignore[arg-type]


class Machine:
    def __init__(self) -> None:
        self.cuts: list[Cut] = []
        self.seen: list[bool] = []

    def cut(self, why: Cut) -> None:
        self.cuts.append(why)
        self.seen.append(False)

    def mend(self, why: Cut) -> None:
        self.cuts.remove(why)
        self.seen.append(True)


def site(
    clockwork: Clockwork, truth: Truth, *, name: str = "school", seed: int = 7, drops: float = 8
) -> Premises:
    spec = SiteSpec(people="school", drops=drops)
    return Premises(
        name,
        spec,
        seed=seed,
        device_ids=["A", "B"],
        reactor=clockwork,
        truth=truth,
        opened_at=MONDAY,
    )


def open_at_school(a_day_s: float = 86_400) -> Premises:
    """A site without machines, for the hours of its people."""
    return Premises(
        "school",
        SiteSpec(people="school", a_day_s=a_day_s),
        seed=1,
        device_ids=[],
        reactor=Clockwork(),
        truth=Heard(),
        opened_at=MONDAY,
    )


def story(*, name: str = "school", seed: int = 7, blocks: int = 400) -> list[bool]:
    """Whether the network was up in each block."""
    clockwork, truth = Clockwork(), Heard()
    place, states = site(clockwork, truth, name=name, seed=seed), []
    for block in range(1, blocks + 1):
        clockwork.run(block * BLOCK_S)
        states.append(place.connected)
    return states


def test_all_machines_of_a_site_lose_their_line_at_once_and_the_truth_says_so() -> None:
    clockwork, truth = Clockwork(), Heard()
    place, machines = site(clockwork, truth), [Machine(), Machine()]
    for machine in machines:
        place.join(machine)

    clockwork.run(400 * BLOCK_S)
    place.close()

    first, second = machines
    assert len(first.seen) > 10
    assert first.seen == second.seen == [connected for _, _, connected in truth.told]
    assert first.cuts == [], "when a run ends the network is back"
    assert {devices for _, devices, _ in truth.told} == {("A", "B")}
    assert [state for state, _ in groupby(first.seen)] == first.seen, "down and up in turns"


def test_who_comes_while_the_uplink_is_down_has_no_line() -> None:
    clockwork, late = Clockwork(), Machine()
    place = site(clockwork, Heard(), drops=125)  # the first block already
    clockwork.run(BLOCK_S)

    place.join(late)

    assert late.cuts == [Cut.UPLINK]


def test_one_seed_tells_one_story_and_each_site_its_own() -> None:
    assert story() == story()
    assert story() != story(seed=8)
    assert story() != story(name="office")


@pytest.mark.parametrize("drops", [1.0, 10.0])
def test_a_live_network_is_down_as_often_and_as_long_as_the_law_has_it(drops: float) -> None:
    states, connected = [], True
    for block in range(60_000):
        connected = laws.connected(connected, dice(3, block).random(), drops)
        states.append(connected)
    lengths = [len(list(run)) for up, run in groupby(states) if not up]

    expected = 0.008 * drops / (0.008 * drops + 0.4)
    assert states.count(False) / len(states) == pytest.approx(expected, rel=0.2)
    assert sum(lengths) / len(lengths) == pytest.approx(1 / 0.4, rel=0.15)


def test_the_law_of_networks_is_one_for_a_live_site_and_for_an_estate() -> None:
    rng = np.random.default_rng(5)
    before, luck = rng.random(500) < 0.5, rng.random(500)

    together = laws.connected(before, luck)

    assert together.tolist() == [
        laws.connected(bool(was), float(chance)) for was, chance in zip(before, luck, strict=True)
    ]


@pytest.mark.parametrize("people", CUSTOMS)
def test_a_working_day_has_its_hours_and_as_much_water_as_any_other(people: str) -> None:
    custom = CUSTOMS[people]
    day = [custom.busy(MONDAY + timedelta(hours=hour)) for hour in range(24)]
    saturday = [custom.busy(MONDAY + timedelta(days=5, hours=hour)) for hour in range(24)]

    assert sum(day) / 24 == pytest.approx(1)
    assert min(day) > 0
    assert sum(saturday) / 24 == pytest.approx(custom.weekend)


def test_estates_draw_by_the_same_hours() -> None:
    blocks = [sum(CUSTOMS["mixed"].hours[at : at + 6]) / 24 for at in range(0, 24, 6)]

    assert blocks == pytest.approx(MIXED_BLOCKS)
    assert CUSTOMS["mixed"].weekend == MIXED_WEEKEND


def test_schools_offices_and_dormitories_are_busy_at_their_own_times() -> None:
    def peak(people: str) -> int:
        return CUSTOMS[people].hours.index(max(CUSTOMS[people].hours))

    assert 8 <= peak("school") <= 16
    assert 8 <= peak("office") <= 17
    assert peak("dormitory") >= 19
    assert CUSTOMS["school"].weekend < 0.5
    assert CUSTOMS["dormitory"].weekend > 1


def test_days_of_a_site_pass_as_fast_as_the_scenario_says() -> None:
    place = open_at_school(a_day_s=600)

    assert place.local(0) == MONDAY
    assert place.local(600) == MONDAY + timedelta(days=1)
    assert place.hour_left_s(10) == pytest.approx(15)
    assert place.busy(300) > 10 * place.busy(0), "noon and midnight"
    assert place.busy(5.5 * 600) < place.busy(300) / 5, "a Saturday"


def test_customers_come_by_the_hours_of_their_site() -> None:
    """A pause that outlasts the hour is drawn anew, as a dispenser does: what comes of it is as
    many in each hour as the site is busy."""
    place = open_at_school()
    chance, came, run_s = dice(11), [0] * 24, 0.0
    while run_s < 4 * 86_400:  # working days
        pause_s = chance.expovariate(place.busy(run_s) / 60)
        left_s = place.hour_left_s(run_s)
        run_s += min(pause_s, left_s)
        if pause_s <= left_s:
            came[place.local(run_s).hour] += 1

    usual = 4 * 60
    for hour, count in enumerate(came):
        expected = usual * CUSTOMS["school"].hours[hour]
        assert count == pytest.approx(expected, abs=5 * expected**0.5 + 3)


def test_the_truth_of_an_outage_is_a_line(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    truth = Truth(store, tmp_path / "truth")
    truth.uplink("school", ["A", "B"], connected=False)
    truth.flush()
    store.close()

    line = (tmp_path / "truth" / "truth.jsonl").read_text()
    assert line == '{"t":"uplink","site":"school","state":"down","devices":["A","B"]}\n'

from collections import Counter

from tapline_sim.plan import Deed, Plan
from tapline_sim.scenario import PlanSpec, Rates

SPEC = PlanSpec(rates=Rates(), stuck_valves={"WD-0002": 30.0})
PLACES = [(f"WD-{device:04d}", seq) for device in range(50) for seq in range(1, 41)]


def wishes(seed: int) -> list[Deed | None]:
    plan = Plan(seed, SPEC)
    return [plan.wish(device_id, seq) for device_id, seq in PLACES]


def test_the_same_seed_is_the_same_plan() -> None:
    assert wishes(7) == wishes(7)
    assert wishes(7) != wishes(8)


def test_each_deed_is_wished_about_as_often_as_its_rate_says() -> None:
    counts = Counter(wishes(7))
    rates = {deed: getattr(SPEC.rates, deed.lower(), 0) for deed in Deed}
    for deed, rate in rates.items():
        expected = len(PLACES) * rate
        assert 0.5 * expected <= counts[deed] <= 1.6 * expected
    assert counts[Deed.DRY] > 0


def test_a_valve_sticks_at_its_time_and_no_other_ever() -> None:
    plan = Plan(7, SPEC)
    assert not plan.valve_is_stuck("WD-0002", 29.9)
    assert plan.valve_is_stuck("WD-0002", 30.0)
    assert not plan.valve_is_stuck("WD-0001", 1e9)


def test_how_a_wish_is_carried_out_depends_on_the_seed_alone() -> None:
    first, second = Plan(7, SPEC), Plan(7, SPEC)
    first.wish("WD-0001", 1)
    assert first.details("WD-0001", 9).random() == second.details("WD-0001", 9).random()

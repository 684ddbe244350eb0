"""Few alarms, each once, and none for what is no fault of the device."""

import numpy as np

from tapline_ml import features, physics, policy
from tapline_ml.history import PARTS, Bools, History
from tapline_ml.policy import Visit
from tests.unit.ml.histories import history

FILTER = PARTS.index("prefilter")


def over(*days: int, devices: int = 1, of: int = 40) -> Bools:
    """(days, parts, devices): the first device's pre-filter is over the threshold on these days."""
    found = np.zeros((of, len(PARTS), devices), dtype=bool)
    found[list(days), FILTER, 0] = True
    return found


def speaks(known: History) -> Bools:
    day = known.days - 1
    return policy.speaks(known, features.at(known, physics.signals(known), day).matrix, day)


def test_one_wild_day_is_no_fault() -> None:
    always = np.ones((40, len(PARTS), 1), dtype=bool)

    assert policy.replay(over(10), always) == []
    assert policy.replay(over(10, 11), always) == [(11, FILTER, 0)]
    assert policy.replay(over(10, 12), always) == [(12, FILTER, 0)]


def test_a_fault_that_was_told_is_not_told_again_for_three_weeks() -> None:
    always = np.ones((40, len(PARTS), 1), dtype=bool)

    days = [day for day, _, _ in policy.replay(over(*range(5, 40)), always)]

    assert days == [6, 6 + policy.REFRACTORY_D]


def test_the_budget_is_kept_and_used() -> None:
    rng = np.random.default_rng(2)
    probability = rng.random((120, len(PARTS), 50)) ** 3
    always = np.ones(probability.shape, dtype=bool)

    limit = policy.threshold(probability, always)

    a_month = len(policy.replay(probability >= limit, always)) * 30 / (50 * 120)
    assert 0.8 * policy.BUDGET_A_MONTH < a_month <= policy.BUDGET_A_MONTH


def test_nothing_is_said_of_what_was_just_put_in() -> None:
    known = history(services=((0, 66, "prefilter"),))

    assert speaks(known)[:, 0].tolist() == [False, True, True]


def test_nothing_is_said_while_a_device_is_silent_or_its_site_without_water() -> None:
    known = history(5, site=(1, 1, 2, 2, 3))
    known.sensors["flow_ml_s"][0, -1] = np.nan
    known.sensors["p_in_kpa"][2:4, -1] = 40
    known.sensors["flow_ml_s"][4, -9:-1] = np.nan

    assert speaks(known).all(axis=0).tolist() == [False, True, False, False, False]


def test_three_of_a_site_are_one_visit_and_two_are_two() -> None:
    due = np.zeros((len(PARTS), 6), dtype=bool)
    due[FILTER] = [True, True, True, False, True, True]
    urgency = np.tile([0.4, 0.9, 0.5, 0.1, 0.6, 0.3], (len(PARTS), 1))

    found = policy.visits(due, urgency, np.array([1, 1, 1, 1, 2, 2]))

    assert found == [
        Visit(1, "prefilter", (2, 0)),
        Visit(4, "prefilter"),
        Visit(5, "prefilter"),
    ]

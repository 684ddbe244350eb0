"""Dispensers age as the equations say; what is hidden shows in the sensors, or nowhere."""

from datetime import date

import numpy as np
import pytest

from tapline_sim.ageing import SUDDEN, Hidden, Observed, Population, age
from tapline_sim.ageing_story import Sample, tell
from tapline_sim.ageing_wear import PARTS, SENSORS


def estate(*, stream: int = 1, seed: int = 1, days: int = 200) -> tuple[Observed, Hidden]:
    return age(
        Population(),
        sites=6,
        devices_a_site=8,
        days=days,
        first_day=739_000,
        stream=stream,
        seed=seed,
    )


@pytest.fixture(scope="module")
def grown() -> tuple[Observed, Hidden]:
    return estate(days=300)


def test_the_same_seed_is_the_same_estate_and_another_stream_is_another() -> None:
    one, again, other = (estate(stream=stream, days=20)[0] for stream in (1, 1, 2))

    assert np.array_equal(one.sensors["flow_ml_s"], again.sensors["flow_ml_s"], equal_nan=True)
    assert not np.array_equal(one.sensors["flow_ml_s"], other.sensors["flow_ml_s"], equal_nan=True)


def test_sensors_say_whole_numbers_for_most_blocks(grown: tuple[Observed, Hidden]) -> None:
    observed, _ = grown
    for name in SENSORS:
        values = observed.sensors[name]
        heard = values[~np.isnan(values)]
        assert values.shape == (48, 300, 4)
        assert len(heard) > 0.8 * values.size
        assert np.array_equal(heard, np.round(heard))


def test_wear_only_grows_until_the_part_is_renewed(grown: tuple[Observed, Hidden]) -> None:
    observed, hidden = grown
    visited = {(repair.device, repair.done) for repair in observed.repairs}
    falls = [np.argwhere(np.diff(hidden.wear[part], axis=1) < 0) for part in PARTS]

    assert {(device, day) for fall in falls for device, day in fall.tolist()} <= visited


def test_a_worn_filter_takes_more_pressure_than_the_same_one_when_new(
    grown: tuple[Observed, Hidden],
) -> None:
    observed, hidden = grown
    lost = observed.sensors["p_in_kpa"] - observed.sensors["p_post_kpa"]
    drop = lost / observed.sensors["flow_ml_s"]
    share = hidden.share["prefilter"]
    lived = np.flatnonzero((share.min(axis=1) < 0.2) & (share.max(axis=1) > 0.9))

    assert len(lived) > 10
    for device in lived:
        new, worn = drop[device][share[device] < 0.2], drop[device][share[device] > 0.9]
        assert np.nanmedian(worn) > 1.5 * np.nanmedian(new)


def test_what_is_sudden_leaves_no_trace_before_it(grown: tuple[Observed, Hidden]) -> None:
    _, hidden = grown
    sudden = [event for event in hidden.failures if event.part == SUDDEN]

    assert sudden
    assert np.mean([hidden.share["prefilter"][one.device, one.day] for one in sudden]) < 0.8


def test_what_was_written_down_is_not_always_true(grown: tuple[Observed, Hidden]) -> None:
    observed, hidden = grown

    true = {(one.device, one.part) for one in hidden.failures}
    written = [(one.device, one.part) for one in observed.repairs]

    wrong = sum(one not in true for one in written)
    assert 0 < wrong < 0.2 * len(written)


def growth(samples: list[Sample]) -> float:
    """How many times its first pressure drop a filter takes at the end."""
    drops = [
        (one.metrics["p_in_kpa"] - one.metrics["p_post_kpa"]) / one.metrics["flow_ml_s"]
        for one in samples
        if one.metrics["flow_ml_s"]
    ]
    return float(np.mean(drops[-20:]) / np.mean(drops[:40]))


def test_a_story_has_one_filter_near_its_end_and_sound_neighbours() -> None:
    clogging, *sound = tell(until=date(2026, 11, 22), days=80, seed=2, devices=3, clogging=1)

    assert growth(clogging) > 1.8
    assert all(growth(samples) < 1.8 for samples in sound)
    assert clogging[-1].at.date() == date(2026, 11, 21)

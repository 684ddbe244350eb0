"""A feature knows the past of its device and of its neighbours, and nothing else."""

import numpy as np
import pytest

from tapline_ml import detect, features, physics, windows
from tapline_ml.features import FEATURES, column
from tapline_ml.history import Floats, History
from tests.unit.ml.histories import clog, history


def matrix(known: History, day: int = -1) -> Floats:
    day = known.days - 1 if day < 0 else day
    return features.at(known, physics.signals(known), day).matrix


def test_tomorrow_changes_nothing_about_today() -> None:
    known, later = history(), history()
    clog(later, 0, times=5, since=50)

    assert np.array_equal(matrix(known, 49), matrix(later, 49), equal_nan=True)
    assert not np.array_equal(matrix(known, 60), matrix(later, 60), equal_nan=True)


def test_a_clogging_filter_moves_away_from_itself_and_from_its_neighbours() -> None:
    known = history(site=(1, 1, 1, 1))
    clog(known, 2, times=2.5)

    found = matrix(known)

    assert column(found, "filter_drop_now").round(1).tolist() == [0.0, 0.0, 0.9, 0.0]
    assert column(found, "filter_drop_peers").round(1).tolist() == [0.0, 0.0, 0.9, 0.0]
    assert (column(found, "filter_drop_cusum") > detect.DRIFTING).tolist() == [0, 0, 1, 0]


def test_what_moves_all_of_a_site_is_no_ones_fault() -> None:
    known = history(site=(1, 1, 1, 1))
    for device in range(4):
        clog(known, device, times=1.5)

    assert np.abs(column(matrix(known), "filter_drop_peers")).max() < 0.1


@pytest.mark.parametrize("flow", [30.0, 120.0])
def test_the_pressure_drop_does_not_depend_on_how_much_is_drawn(flow: float) -> None:
    known = history(noise=0)
    q = flow / physics.FLOW_REF_ML_S
    drop = 20 * ((1 - physics.BEND) * q + physics.BEND * q * q)
    known.sensors["flow_ml_s"][0], known.sensors["p_post_kpa"][0] = flow, 250 - drop

    assert np.exp(physics.signals(known)["filter_drop"])[0] == pytest.approx(20)


def test_what_two_sensors_differ_by_at_rest_is_not_taken_for_a_clog() -> None:
    known = history(noise=0)
    known.sensors["p_post_kpa"][1] -= 6
    known.sensors["still_kpa"][1] = 6

    assert np.exp(physics.signals(known)["filter_drop"])[1] == pytest.approx(20)


def test_cold_water_runs_slower_through_the_same_membrane() -> None:
    known = history(noise=0)
    known.sensors["temp_c"][0] = 8
    known.sensors["flow_ml_s"][0] = 80 * np.exp(2640 * (1 / 291 - 1 / 281))

    warm_and_cold = np.exp(physics.signals(known)["water_yield"])
    assert warm_and_cold[0] == pytest.approx(warm_and_cold[1])


def test_a_new_part_begins_a_new_life() -> None:
    known = history(services=((0, 55, "prefilter"),))
    clog(known, 0, times=3)
    known.sensors["p_post_kpa"][0, 56:] = known.sensors["p_in_kpa"][0, 56:] - 20

    found = matrix(known)

    assert column(found, "prefilter_age_d").tolist() == [13, 69, 69, 69]
    assert column(found, "pump_age_d").tolist() == [69, 69, 69, 69]
    assert abs(column(found, "filter_drop_now")[0]) < 0.05


def test_silence_is_missing_and_not_zero() -> None:
    known = history()
    for values in known.sensors.values():
        values[0] = np.nan

    found = matrix(known)

    assert np.isnan(column(found, "filter_drop_now")[0])
    assert column(found, "silent_share").tolist() == [1, 0, 0, 0]


def test_a_signal_at_its_baseline_leaves_the_others_as_they_were() -> None:
    known = history()
    clog(known, 0, times=2.5)
    outlook = features.at(known, physics.signals(known), known.days - 1)

    back = features.at_baseline(outlook.matrix, "filter_drop", outlook.baseline["filter_drop"])

    changed = {FEATURES[number] for number in np.flatnonzero(back[0] != outlook.matrix[0])}
    assert changed
    assert all(name.startswith("filter_drop_") for name in changed)


def test_windows_with_holes_say_what_numpy_says() -> None:
    rng = np.random.default_rng(3)
    window = rng.normal(size=(200, 9))
    window[rng.random(window.shape) < 0.4] = np.nan
    window[:, 0] = 1.0  # none of the rows is empty
    site = rng.integers(0, 20, 200)

    assert np.allclose(windows.mean(window), np.nanmean(window, axis=1))
    assert np.allclose(windows.median(window), np.nanmedian(window, axis=1))
    medians = [np.nanmedian(window[site == own, 0]) for own in site]
    assert np.allclose(windows.by_site(window[:, 0], site), medians)


def test_noise_alone_is_no_drift_and_a_slow_creep_is_one() -> None:
    rng = np.random.default_rng(5)
    spread = np.full(300, 0.05)
    noise = rng.normal(0, 0.05, (300, features.LOOKBACK_D))
    creep = noise + np.linspace(0, 0.15, features.LOOKBACK_D)

    assert np.mean(detect.cusum(noise, spread) > detect.DRIFTING) < 0.02
    assert np.mean(detect.cusum(creep, spread) > detect.DRIFTING) > 0.95

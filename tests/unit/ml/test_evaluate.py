"""Figures are what they say: chance scores chance, foresight scores one."""

import numpy as np
import pytest

from tapline_ml import evaluate
from tapline_ml.evaluate import Trial
from tapline_ml.history import PARTS, Bools
from tapline_ml.predictor import HORIZON_D

DAYS, DEVICES = 200, 60


def failures(seed: int = 1) -> Bools:
    """One failure a device and part, somewhere in the later half."""
    rng = np.random.default_rng(seed)
    failed = np.zeros((DAYS, len(PARTS), DEVICES), dtype=bool)
    for part in range(len(PARTS)):
        failed[rng.integers(DAYS // 2, DAYS - 20, DEVICES), part, np.arange(DEVICES)] = True
    return failed


def trial(probability: np.ndarray[tuple[int, ...], np.dtype[np.float64]], failed: Bools) -> Trial:
    return Trial(
        probability,
        np.ones(failed.shape, dtype=bool),
        failed,
        np.zeros((DAYS, DEVICES), dtype=bool),
        np.arange(DEVICES) // 6,
    )


def soon(failed: Bools, horizon_d: int = HORIZON_D) -> Bools:
    ahead = np.zeros_like(failed)
    for shift in range(1, horizon_d + 1):
        ahead[:-shift] |= failed[shift:]
    return ahead


def test_who_knows_all_scores_one_and_warns_in_time() -> None:
    failed = failures()
    knowing = trial(soon(failed).astype(float), failed)

    alerts = evaluate.alerts(knowing, knowing.probability > 0.5)

    assert evaluate.pr_auc(knowing) == {**dict.fromkeys(PARTS, 1.0), "any": 1.0}
    assert set(evaluate.calibration_error(knowing).values()) == {0.0}
    assert (alerts.recall, alerts.precision) == (1.0, 1.0)
    assert alerts.lead_median_d == HORIZON_D - 1  # on the second day that says so


def test_who_knows_nothing_scores_the_share_of_bad_days() -> None:
    failed = failures()
    guessing = trial(np.random.default_rng(4).random(failed.shape), failed)

    base = evaluate.prevalence(guessing)

    assert evaluate.pr_auc(guessing) == {
        name: pytest.approx(share, abs=0.03) for name, share in base.items()
    }


def test_an_alert_on_the_day_of_the_failure_is_no_warning() -> None:
    failed = failures()
    late = trial(np.zeros(failed.shape), failed)
    on_the_day = failed.copy()
    on_the_day[:-1] |= failed[1:]  # the day before too: two of three days must say so

    assert evaluate.alerts(late, on_the_day).recall == 0


def test_a_part_of_which_nothing_is_foretold_has_no_error_and_scores_chance() -> None:
    failed = failures()
    silent = trial(np.full(failed.shape, np.nan), failed)

    assert all(np.isnan(error) for error in evaluate.calibration_error(silent).values())
    assert evaluate.pr_auc(silent) == pytest.approx(evaluate.prevalence(silent))


def test_sites_are_drawn_whole() -> None:
    failed = failures()
    once = evaluate.resampled(trial(np.zeros(failed.shape), failed), np.random.default_rng(1))

    _, counts = np.unique(once.site, return_counts=True)

    assert once.failed.shape == failed.shape
    assert all(count % 6 == 0 for count in counts)

"""What is learnt is calibrated, can be checked before it is believed, and explains itself."""

import hashlib

import numpy as np
import pytest
from skops import io as skops

from tapline.errors import ConflictError
from tapline_ml import artefact, calibration, explain, features, physics, predictor, rule
from tapline_ml.artefact import Artefact
from tapline_ml.features import FEATURES
from tapline_ml.history import PARTS
from tapline_ml.predictor import Examples, Predictor
from tests.unit.ml.histories import clog, history


def examples(seed: int, rows: int = 3000) -> Examples:
    """Pre-filters fail as their drop moves away from its baseline; nothing else ever does."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(0, 0.3, (rows, len(FEATURES)))
    moved = matrix[:, FEATURES.index("filter_drop_now")]
    chance = 1 / (1 + np.exp(-(moved - 0.4) * 12))
    fails = {part: np.zeros(rows, dtype=bool) for part in PARTS}
    fails["prefilter"] = rng.random(rows) < chance
    return Examples(matrix, fails)


@pytest.fixture(scope="module")
def learnt() -> Predictor:
    return Predictor(predictor.learn(examples(1), examples(2)), 0.5)


def test_of_a_part_that_never_failed_nothing_is_learnt(learnt: Predictor) -> None:
    assert set(learnt.parts) == {"prefilter"}
    rows = predictor.probabilities(learnt.parts, examples(3, 10).matrix)
    assert np.isnan(rows[1:]).all()


def test_what_is_foretold_comes_true_as_often_as_it_says(learnt: Predictor) -> None:
    unseen = examples(3)

    p = learnt.parts["prefilter"].probability(unseen.matrix)

    for low in (0.0, 0.2, 0.4, 0.6):
        bin_ = (p >= low) & (p < low + 0.2)
        assert unseen.outcomes["prefilter"][bin_].mean() == pytest.approx(p[bin_].mean(), abs=0.1)


def test_few_failures_make_a_smooth_curve_and_many_a_stair() -> None:
    score = np.linspace(0, 1, 4000)
    many = calibration.fit(score, score > 0.7)
    few = calibration.fit(score, score > 0.98)

    assert many(np.array([0.1, 0.9])) == pytest.approx([0, 1], abs=0.01)
    assert np.all(np.diff(few(score)) > 0)


def test_a_packed_model_says_the_same_again(learnt: Predictor) -> None:
    again = artefact.unpack(artefact.pack(learnt))

    rows = examples(3, 50).matrix
    assert np.array_equal(
        again.parts["prefilter"].probability(rows), learnt.parts["prefilter"].probability(rows)
    )
    assert again.threshold == learnt.threshold


def test_a_model_that_was_changed_is_refused(learnt: Predictor) -> None:
    packed = artefact.pack(learnt)
    changed = bytearray(packed.content)
    changed[len(changed) // 2] ^= 1

    with pytest.raises(ConflictError, match="changed since it was stored"):
        artefact.unpack(packed._replace(content=bytes(changed)))


@pytest.mark.parametrize(
    ("change", "says"),
    [({"sklearn_version": "1.0.2"}, r"scikit-learn 1\.0\.2"), ({"schema_hash": "0"}, "features")],
)
def test_a_model_of_other_versions_is_refused(
    learnt: Predictor, change: dict[str, str], says: str
) -> None:
    with pytest.raises(ConflictError, match=says):
        artefact.unpack(artefact.pack(learnt)._replace(**change))  # type: ignore[arg-type]


class Stowaway:
    """A type that nobody allowed."""


def test_a_type_that_nobody_allowed_is_refused(learnt: Predictor) -> None:
    content = skops.dumps({"parts": {}, "threshold": 0.5, "more": Stowaway()})

    with pytest.raises(ConflictError, match="not allowed"):
        artefact.unpack(_signed(content, learnt))


def test_what_is_no_model_is_refused(learnt: Predictor) -> None:
    for content in (b"", b"not a zip", skops.dumps([1, 2, 3])):
        with pytest.raises(ConflictError):
            artefact.unpack(_signed(content, learnt))


def test_the_signal_that_moved_explains_the_probability(learnt: Predictor) -> None:
    known = history(site=(1, 1, 1, 1))
    clog(known, 0, times=2.5)
    outlook = features.at(known, physics.signals(known), known.days - 1)
    model = learnt.parts["prefilter"]

    first, *_ = explain.residuals(outlook, 0, "prefilter", model)

    assert first.signal == "filter_drop"
    assert first.value == pytest.approx(50, rel=0.1)
    assert first.baseline == pytest.approx(20, rel=0.1)
    assert first.expected == pytest.approx(20, rel=0.1)
    assert first.drop is not None
    assert first.drop >= model.probability(outlook.matrix)[0] / 2


def test_a_rule_names_its_own_signal_and_no_share() -> None:
    known = history()
    clog(known, 0, times=3)
    outlook = features.at(known, physics.signals(known), known.days - 1)

    first, *_ = explain.residuals(outlook, 0, "prefilter", None)

    assert (first.signal, first.drop) == ("filter_drop", None)
    assert rule.over(outlook).tolist() == [
        [True, False, False, False],
        [False] * 4,
        [False] * 4,
    ]


def _signed(content: bytes, like: Predictor) -> Artefact:
    """Content whose hash is right: only what is inside can be wrong."""
    packed = artefact.pack(like)
    return packed._replace(content=content, sha256=hashlib.sha256(content).hexdigest())

"""The second track: how likely is it that a part fails within the horizon?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from tapline_ml import calibration
from tapline_ml.calibration import Curve
from tapline_ml.features import FEATURES
from tapline_ml.history import PARTS, Bools, Floats

HORIZON_D = 14
"""A probability speaks of the days after the one that it is made on."""
LABELS_MIN = 50
"""With fewer failures of a part than that nothing is learnt of it: a rule speaks instead."""


@dataclass(frozen=True, slots=True)
class PartModel:
    """A classifier with its calibration."""

    classifier: HistGradientBoostingClassifier
    curve: Curve

    def probability(self, matrix: Floats) -> Floats:
        """Of each row of features (rows, features); (rows,)."""
        return self.curve(self.classifier.predict_proba(matrix)[:, 1])


@dataclass(frozen=True, slots=True)
class Predictor:
    """`parts`: models by part, one without is left to the rule. From `threshold` on a probability
    is worth a visit."""

    parts: Mapping[str, PartModel]
    threshold: float


@dataclass(frozen=True, slots=True)
class Examples:
    """Device-days to learn from: features (rows, features), and by part whether it failed within
    the horizon (rows,)."""

    matrix: Floats
    outcomes: Mapping[str, Bools]


def learn(examples: Examples, held_back: Examples, *, seed: int = 0) -> dict[str, PartModel]:
    """One model a part from `examples`, calibrated on devices of which it saw nothing."""
    models = {}
    for part in PARTS:
        outcome = examples.outcomes[part]
        if int(outcome.sum()) < LABELS_MIN:
            continue
        classifier = HistGradientBoostingClassifier(
            learning_rate=0.08,
            max_iter=120,
            max_leaf_nodes=15,
            min_samples_leaf=40,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        ).fit(examples.matrix, outcome)
        score = classifier.predict_proba(held_back.matrix)[:, 1]
        models[part] = PartModel(classifier, calibration.fit(score, held_back.outcomes[part]))
    return models


def probabilities(parts: Mapping[str, PartModel], matrix: Floats) -> Floats:
    """(parts, rows) in the order of `PARTS`; NaN for a part without a model."""
    if matrix.shape[1] != len(FEATURES):
        raise ValueError(f"{matrix.shape[1]} features given, {len(FEATURES)} needed")
    rows = [
        parts[part].probability(matrix)
        if part in parts and len(matrix)
        else np.full(len(matrix), np.nan)
        for part in PARTS
    ]
    return np.stack(rows)

"""Faults foreseen: raised once per device and part, closed with an outcome that becomes a label."""

from tapline.faults.predictions.model import (
    Basis,
    FaultLabel,
    LabelOutcome,
    Part,
    Prediction,
    PredictionState,
)
from tapline.faults.predictions.service import (
    held_back,
    label,
    labelled,
    labels_of,
    mark_ticketed,
    prediction,
    predictions_of,
    raise_prediction,
)

__all__ = [
    "Basis",
    "FaultLabel",
    "LabelOutcome",
    "Part",
    "Prediction",
    "PredictionState",
    "held_back",
    "label",
    "labelled",
    "labels_of",
    "mark_ticketed",
    "prediction",
    "predictions_of",
    "raise_prediction",
]

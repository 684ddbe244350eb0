"""What is wrong with devices: alarms they raise and clear, and faults that are foreseen."""

from tapline.faults import days, models
from tapline.faults.model import Alarm
from tapline.faults.predictions import (
    Basis,
    FaultLabel,
    LabelOutcome,
    Part,
    Prediction,
    PredictionState,
    held_back,
    label,
    labelled,
    labels_of,
    mark_ticketed,
    prediction,
    predictions_of,
    raise_prediction,
)
from tapline.faults.service import note, open_alarms

__all__ = [
    "Alarm",
    "Basis",
    "FaultLabel",
    "LabelOutcome",
    "Part",
    "Prediction",
    "PredictionState",
    "days",
    "held_back",
    "label",
    "labelled",
    "labels_of",
    "mark_ticketed",
    "models",
    "note",
    "open_alarms",
    "prediction",
    "predictions_of",
    "raise_prediction",
]

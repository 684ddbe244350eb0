"""What sensors said on each day while water ran, and when parts were replaced: all of a device's
life that foresight needs, long after its readings are gone."""

from tapline.faults.days.model import DayMeans, PartService, SensorDay
from tapline.faults.days.service import (
    Lives,
    SimulatedSpan,
    known,
    lives,
    mark_simulated,
    note_service,
    simulated_span,
    sum_up,
    sum_up_new,
)

__all__ = [
    "DayMeans",
    "Lives",
    "PartService",
    "SensorDay",
    "SimulatedSpan",
    "known",
    "lives",
    "mark_simulated",
    "note_service",
    "simulated_span",
    "sum_up",
    "sum_up_new",
]

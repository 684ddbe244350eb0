"""What was done for a machine's water: filters changed, disinfection, flushing; and what is due."""

from tapline.water.care.model import FilterKind, Treatment, TreatmentKind
from tapline.water.care.rules import FilterLife
from tapline.water.care.service import filters, record_treatment, treatments_of

__all__ = [
    "FilterKind",
    "FilterLife",
    "Treatment",
    "TreatmentKind",
    "filters",
    "record_treatment",
    "treatments_of",
]

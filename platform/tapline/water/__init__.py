"""Water that is safe: care and samples of machines, stops and releases, and who drank it."""

from tapline.water.care import (
    FilterKind,
    FilterLife,
    Treatment,
    TreatmentKind,
    filters,
    record_treatment,
    treatments_of,
)
from tapline.water.samples import Sample, Verdict, record_sample, report

__all__ = [
    "FilterKind",
    "FilterLife",
    "Sample",
    "Treatment",
    "TreatmentKind",
    "Verdict",
    "filters",
    "record_sample",
    "record_treatment",
    "report",
    "treatments_of",
]

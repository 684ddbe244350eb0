"""Samples of water, of a machine or a barrel lot: taken, sent to a laboratory, judged."""

from tapline.water.samples.model import Sample, Verdict
from tapline.water.samples.rules import PARAMETERS, Limit, Parameter, limits, read_value, shown
from tapline.water.samples.service import get, last_passed, listed, record_sample, report

__all__ = [
    "PARAMETERS",
    "Limit",
    "Parameter",
    "Sample",
    "Verdict",
    "get",
    "last_passed",
    "limits",
    "listed",
    "read_value",
    "record_sample",
    "report",
    "shown",
]

"""What a laboratory found, with the limits of its day, as pages show it."""

from typing import NamedTuple

from tapline.water.samples import PARAMETERS, Sample, shown


class Result(NamedTuple):
    """A value and its limit as people write them; `limit` is empty where none may be found."""

    found: str
    unit: str
    limit: str


def results(sample: Sample) -> list[tuple[str, Result]]:
    """By parameter, in the order of `PARAMETERS`."""
    return [
        (
            name,
            Result(shown(name, sample.readings[name]), PARAMETERS[name].unit, _limit(sample, name)),
        )
        for name in PARAMETERS
        if name in sample.readings
    ]


def _limit(sample: Sample, name: str) -> str:
    low, high = sample.limits[name]
    if low is not None and high is not None:
        return f"{shown(name, low)}–{shown(name, high)}"
    return f"≤ {shown(name, high)}" if high else ""

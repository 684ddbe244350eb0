"""What is known of a number of devices: daily means of their sensors, where they stand, and when
parts were replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PARTS = ("prefilter", "pump", "membrane")

SENSORS = (
    "p_in_kpa",
    "p_post_kpa",
    "flow_ml_s",
    "temp_c",
    "pump_ma",
    "tds_in",
    "tds_out",
    "still_kpa",
)
"""Means over a day's readings taken while water ran; TDS in mg/l. `still_kpa` is what the two
pressure sensors differ by while no water runs, in to post: what they are wrong by."""


@dataclass(frozen=True, slots=True)
class History:
    """`sensors`: name -> (devices, days), NaN where nothing is known.

    `site`: (devices,), equal numbers stand together. `began`: part -> (devices, days), the day on
    which the part that is in on a day was put in, or the device was first heard of; it is at most
    that day itself, and counts from the first day of the history.
    """

    site: Ints
    sensors: Mapping[str, Floats]
    began: Mapping[str, Ints]

    @property
    def devices(self) -> int:
        return len(self.site)

    @property
    def days(self) -> int:
        return int(self.sensors[SENSORS[0]].shape[1])


def beginnings(
    sensors: Mapping[str, Floats], services: Iterable[tuple[int, int, str]]
) -> Mapping[str, Ints]:
    """`History.began`, from (device, day, part) of each replacement.

    A replacement spoils its own day: what was measured belongs to the old part and to the new one,
    so the new one counts from the day after.
    """
    known = ~np.isnan(sensors["flow_ml_s"])
    days = known.shape[1]
    first = np.where(known.any(axis=1), known.argmax(axis=1), 0)
    installed = np.minimum(first[:, None], np.arange(days)[None, :])
    began = {part: installed.copy() for part in PARTS}
    for device, day, part in services:
        if part in began and day + 1 < days:
            later = began[part][device, day + 1 :]
            np.maximum(later, day + 1, out=later)
    return began

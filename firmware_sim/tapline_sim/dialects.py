"""In which units a firmware measures: the unit stands last in each reading's name, as the wire has
it, and it is the platform that makes one of them all.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class _Word(NamedTuple):
    name: str
    converted: Callable[[int], int]


_OLD: Mapping[str, _Word] = {
    "p_in_kpa": _Word("p_in_bar_x100", lambda kpa: kpa),
    "p_post_kpa": _Word("p_post_bar_x100", lambda kpa: kpa),
    "flow_ml_s": _Word("flow_l_h", lambda ml_s: round(ml_s * 3.6)),
    "temp_c_x10": _Word("temp_f_x10", lambda c_x10: round(c_x10 * 1.8) + 320),
}
_DIALECTS: Mapping[str, Mapping[str, _Word]] = {"1": _OLD}
"""By the first number of a firmware's version: before 2.0 in bar, l/h and Fahrenheit."""


def spoken(fw: str, readings: Mapping[str, int]) -> dict[str, int]:
    """What a firmware says where another would say `readings`."""
    words = _DIALECTS.get(fw.partition(".")[0], {})
    return {
        words[name].name if name in words else name: words[name].converted(value)
        if name in words
        else value
        for name, value in readings.items()
    }

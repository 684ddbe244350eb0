"""What dispensers stand in and how worn they are, as a scenario says it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

_Part = Annotated[float, Meta(ge=0, le=3)]


class ClimateSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A city's water over the year, in °C: its mean, and how far summer and winter are from it."""

    mean_c: Annotated[float, Meta(ge=0, le=40)] = 18.0
    swing_c: Annotated[float, Meta(ge=0, le=20)] = 8.0


class SiteSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site with several dispensers: whose `people` draw by the hours of `customs`, and one uplink
    for all, which `drops` so many times as often as in life. A day of theirs lasts `a_day_s`, and
    begins where the day of the real clock is when the run does."""

    people: Literal["mixed", "school", "office", "dormitory"] = "mixed"
    a_day_s: Annotated[float, Meta(gt=0)] = 86_400.0
    drops: Annotated[float, Meta(ge=0, le=125)] = 1.0


class Wear(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How worn the parts of a dispenser are; the default is sound. The first seven age by `laws`;
    `wear` says what the others do."""

    prefilter: _Part = 0.0
    pump: Annotated[float, Meta(ge=0, le=1)] = 0.0
    membrane: Annotated[float, Meta(ge=0, le=2)] = 0.0
    scale: _Part = 0.0
    element: Annotated[float, Meta(ge=0, le=0.9)] = 0.0
    lamp: _Part = 0.0
    reader: Annotated[float, Meta(ge=0, le=1.5)] = 0.0
    salt_leak: Annotated[float, Meta(ge=1, le=20)] = 1.0
    leak_ml_s: Annotated[float, Meta(ge=0, le=100)] = 0.0
    meter: Annotated[float, Meta(gt=0, le=2)] = 1.0
    tds_gain: Annotated[float, Meta(ge=0, le=2)] = 1.0
    tds_stuck: bool = False
    silent: Annotated[float, Meta(ge=0, le=1)] = 0.0

"""What dispensers stand in and how worn they are, as a scenario says it."""

from typing import Annotated

from msgspec import Meta, Struct

_Part = Annotated[float, Meta(ge=0, le=3)]


class ClimateSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A city's water over the year, in °C: its mean, and how far summer and winter are from it."""

    mean_c: Annotated[float, Meta(ge=0, le=40)] = 18.0
    swing_c: Annotated[float, Meta(ge=0, le=20)] = 8.0


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

"""The laws of wear, for one live dispenser and for arrays of them alike: how a part ages with use,
where it fails, and what its wear does. A worn part's state is 0 when new and grows with water.

- pre-filter  dx/dV = k·turbidity·(1 + x)         loses 1 + 2x of its first pressure, fails at 1.25
- pump        dw/dt = k·(1 + 4w)·(dry run: 3)     head e^-w, current 1 + 0.8w, fails at 0.42
- membrane    dF/dV = k·(feed TDS / 250)·(1 + F)  yields 1/(1 + F), passes 1 + 0.4F, fails at 0.62
- scale       ds/dV = k·hardness                  a batch takes 1 + 0.9s of the time, fails at 0.85
- element     de/dV = k·(1 + s)                   power 1 - e; scale lets it run hot, fails at 0.35
- lamp        du/dV = k                           light e^-0.9u, fails at 1
- reader      dc/dn = k                           misreads 0.008 + 0.35c² of taps, fails at 0.75

A site's network fails for all machines behind it at once: each six hours it drops with 0.008 or
comes back with 0.4 (`connected`).

For a live dispenser litres stand for time too: a day is `LITRES_A_DAY`. Who draws more wears more.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

if TYPE_CHECKING:  # a live fleet does without arrays
    import numpy as np
    from numpy.typing import NDArray

Some = TypeVar("Some", float, "NDArray[np.float64]")
"""Of one device, or (devices,)."""

LITRES_A_DAY = 80.0
_DROPS, _RETURNS = 0.008, 0.4
_KELVIN = 273


class Law(NamedTuple):
    """How a part ages: its limit, the median of days until then, and how much of its own wear adds
    to its rate."""

    limit: float
    life_d: float
    spiral: float = 0.0

    def rate(self, uses: float) -> float:
        """How fast, so that a new part is at its limit after so many uses."""
        return self._stretched(self.limit) / uses

    def pull(self, worn: Some) -> Some:
        """How many times faster a part ages that is so worn already."""
        return 1 + self.spiral * worn

    def after(self, worn: float, strain: float) -> float:
        """The wear once `strain`, which is rate times uses, has been added to it."""
        stretched = self._stretched(worn) + strain
        return math.expm1(self.spiral * stretched) / self.spiral if self.spiral else stretched

    def _stretched(self, worn: float) -> float:
        """The strain that makes a new part so worn."""
        return math.log1p(self.spiral * worn) / self.spiral if self.spiral else worn


LAWS: Mapping[str, Law] = {
    "prefilter": Law(1.25, 220, 1),
    "pump": Law(0.42, 420, 4),
    "membrane": Law(0.62, 420, 1),
    "scale": Law(0.85, 300),
    "element": Law(0.35, 900),
    "lamp": Law(1.0, 365 / 1.15),
    "reader": Law(0.75, 700),
}


def pressure_lost(prefilter: Some) -> Some:
    """Of a new pre-filter's, so many times."""
    return 1 + 2 * prefilter


def head(pump: Some) -> Some:
    """The share of a new pump's."""
    return _exp(-pump)


def current(pump: Some) -> Some:
    """Of a new pump's, so many times."""
    return 1 + 0.8 * pump


def salts_passed(membrane: Some) -> Some:
    """Of what a new membrane lets through, so many times."""
    return 1 + 0.4 * membrane


def heating_time(scale: Some) -> Some:
    """Of a clean heater's for the same water, so many times; its energy as well."""
    return 1 + 0.9 * scale


def light(lamp: Some) -> Some:
    """The share of a new lamp's."""
    return _exp(-0.9 * lamp)


def misread(reader: Some) -> Some:
    """The share of taps that are not read."""
    return 0.008 + 0.35 * reader * reader


@overload
def connected(before: bool, luck: float, drops: float = 1.0) -> bool: ...
@overload
def connected(
    before: "NDArray[np.bool_]", luck: "NDArray[np.float64]", drops: float = 1.0
) -> "NDArray[np.bool_]": ...
def connected(before: Any, luck: Any, drops: float = 1.0) -> Any:
    """Whether a site's network is up in the next six hours, as `luck` in [0, 1) has it; it `drops`
    so many times as often as in life."""
    return before ^ (luck < _DROPS * drops * before + _RETURNS * (1 - before))


def fluidity(water_c: Some) -> Some:
    """What a membrane gives at a temperature, as a share of that at 25 °C (ASTM D4516)."""
    return _exp(2640 * (1 / 298 - 1 / (water_c + _KELVIN)))


def _exp(power: Some) -> Some:
    value: Some = math.e**power
    return value

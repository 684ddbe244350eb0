"""Which probabilities deserve a visit. A technician trusts few alarms, and each only once.

All arrays are by (parts, devices) on one day, in the order of `PARTS`.
"""

from dataclasses import dataclass

import numpy as np

from tapline_ml import windows
from tapline_ml.features import column
from tapline_ml.history import PARTS, Bools, Floats, History, Ints

PERSIST_D = 3
PERSIST_MIN = 2
"""So many of the last `PERSIST_D` days must speak for it: one wild day is no fault."""
REFRACTORY_D = 21
SETTLING_D = 7
"""A part just put in, or a device just installed, is left alone."""
SILENT_SHARE_MAX = 0.5
OUTAGE_KPA = 80.0
"""Mains below this are an outage, and everything that follows from it is no fault of the device."""
SITE_MIN = 3
"""So many devices of a site with the same part at once are one visit, and perhaps one cause."""
MONTH_D = 30.0
_HALVINGS = 10
BUDGET_A_MONTH = 0.30
"""Visits that a device may cause in a month, over all parts."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Go to `device` for `part`; `others` of its site show the same today."""

    device: int
    part: str
    others: tuple[int, ...] = ()


def speaks(history: History, matrix: Floats, day: int) -> Bools:
    """Where a probability may be believed on `day`: something was heard today and most of lately,
    the part has settled, and the site has water."""
    today = ~np.isnan(history.sensors["flow_ml_s"][:, day])
    heard = today & (column(matrix, "silent_share") <= SILENT_SHARE_MAX)
    mains = windows.by_site(history.sensors["p_in_kpa"][:, day], history.site)
    watered = ~(mains < OUTAGE_KPA)
    return np.stack(
        [heard & watered & (column(matrix, f"{part}_age_d") >= SETTLING_D) for part in PARTS]
    )


def persistent(over: Bools) -> Bools:
    """(days, parts, devices) of being over the threshold, newest last, to (parts, devices): over on
    enough of the last days, and still over."""
    often: Bools = over[-PERSIST_D:].sum(axis=0) >= PERSIST_MIN
    lasting: Bools = often & over[-1]
    return lasting


def visits(due: Bools, urgency: Floats, site: Ints) -> list[Visit]:
    """The visits that `due` (parts, devices) makes, most urgent first; devices of a site with the
    same part are one visit where they are many."""
    found: list[tuple[float, Visit]] = []
    for row, part in enumerate(PARTS):
        asking = np.flatnonzero(due[row])
        for place in np.unique(site[asking]):
            here = asking[site[asking] == place]
            here = here[np.argsort(-urgency[row, here], kind="stable")].tolist()
            if len(here) >= SITE_MIN:
                found.append((urgency[row, here[0]], Visit(here[0], part, tuple(here[1:]))))
            else:
                found += [(urgency[row, device], Visit(device, part)) for device in here]
    return [visit for _, visit in sorted(found, key=lambda pair: -pair[0])]


def replay(over: Bools, believed: Bools) -> list[tuple[int, int, int]]:
    """The alerts (day, part, device) that a run over (days, parts, devices) would have raised."""
    days = len(over)
    last = np.full(over.shape[1:], -REFRACTORY_D)
    alerts = []
    for day in range(PERSIST_D - 1, days):
        window = over[day + 1 - PERSIST_D : day + 1]
        due = persistent(window) & believed[day] & (day - last >= REFRACTORY_D)
        last[due] = day
        alerts += [(day, int(part), int(device)) for part, device in np.argwhere(due)]
    return alerts


def threshold(probability: Floats, believed: Bools, *, budget: float = BUDGET_A_MONTH) -> float:
    """The lowest probability at which a replay over (days, parts, devices) keeps the budget."""
    days, _, devices = probability.shape
    allowed = budget * devices * days / MONTH_D
    low, high = 0.0, 1.0
    # Fewer alerts at a higher threshold, but for a few that the refractory time shuffles.
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if len(replay(probability >= middle, believed)) > allowed:
            low = middle
        else:
            high = middle
    return high

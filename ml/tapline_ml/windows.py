"""Statistics of short windows with holes in them. Arrays (rows, days), NaN is a hole.

NumPy's own NaN-aware functions warn about empty rows and are several times slower.
"""

import numpy as np

from tapline_ml.history import Floats, Ints


def ending(values: Floats, day: int, length: int) -> Floats:
    """The last `length` days up to and with `day`; fewer where history is shorter."""
    return values[:, max(0, day + 1 - length) : day + 1]


def count(window: Floats) -> Ints:
    """How many values each row has."""
    counted: Ints = np.sum(~np.isnan(window), axis=1)
    return counted


def mean(window: Floats) -> Floats:
    """Of each row, NaN for an empty one."""
    counted = count(window)
    total = np.where(np.isnan(window), 0.0, window).sum(axis=1)
    return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def median(window: Floats) -> Floats:
    """Of each row, NaN for an empty one."""
    if window.shape[1] == 0:
        return np.full(len(window), np.nan)
    ordered = np.sort(window, axis=1)  # holes go to the end
    counted = count(window)
    rows = np.arange(len(window))
    low = ordered[rows, np.maximum(counted - 1, 0) // 2]
    high = ordered[rows, np.minimum(counted // 2, window.shape[1] - 1)]
    return np.where(counted > 0, (low + high) / 2, np.nan)


def deviation(window: Floats, *, at_least: int = 3) -> Floats:
    """Standard deviation of each row, NaN where it has fewer than `at_least` values."""
    centred = window - mean(window)[:, None]
    return np.where(count(window) >= at_least, np.sqrt(mean(centred * centred)), np.nan)


def slope(window: Floats, *, at_least: int = 5) -> Floats:
    """Least-squares slope a day of each row, NaN where it has fewer than `at_least` values."""
    days = np.where(np.isnan(window), np.nan, np.arange(window.shape[1], dtype=float))
    days = days - mean(days)[:, None]
    spread = mean(days * days)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = mean(days * window) / spread
    return np.where((count(window) >= at_least) & (spread > 0), found, np.nan)


def by_site(values: Floats, site: Ints) -> Floats:
    """For each row the median of `values` (rows,) over its site."""
    order = np.lexsort((values, site))
    ranked, places = values[order], site[order]
    sites, first = np.unique(places, return_index=True)
    known = np.add.reduceat(~np.isnan(ranked), first) if len(first) else first
    low = ranked[first + np.maximum(known - 1, 0) // 2]
    high = ranked[first + np.maximum(known // 2 - (known == 0), 0)]
    medians = np.where(known > 0, (low + high) / 2, np.nan)
    return medians[np.searchsorted(sites, site)]

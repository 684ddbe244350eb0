"""Histories of made-up devices, exact but for the noise that a test asks for."""

import numpy as np

from tapline_ml.history import History, beginnings

DAYS = 70


def history(
    devices: int = 4,
    *,
    days: int = DAYS,
    noise: float = 0.01,
    site: tuple[int, ...] | None = None,
    services: tuple[tuple[int, int, str], ...] = (),
) -> History:
    """Sound devices: nothing about them changes."""
    rng = np.random.default_rng(7)
    steady = {
        "p_in_kpa": 250.0,
        "p_post_kpa": 230.0,
        "flow_ml_s": 80.0,
        "temp_c": 18.0,
        "pump_ma": 1500.0,
        "tds_in": 190.0,
        "tds_out": 9.0,
        "still_kpa": 0.0,
    }
    sensors = {
        name: value * (1 + noise * rng.standard_normal((devices, days)))
        for name, value in steady.items()
    }
    sensors["p_post_kpa"] = sensors["p_in_kpa"] - 20 * (
        1 + noise * rng.standard_normal((devices, days))
    )
    places = np.array(site or range(devices))
    return History(places, sensors, beginnings(sensors, services))


def clog(known: History, device: int, *, times: float, since: int = 20) -> None:
    """Let the pressure drop of a device's pre-filter grow to `times` its first, evenly."""
    growth = np.ones(known.days)
    growth[since:] = np.linspace(1, times, known.days - since)
    drop = known.sensors["p_in_kpa"][device] - known.sensors["p_post_kpa"][device]
    known.sensors["p_post_kpa"][device] = known.sensors["p_in_kpa"][device] - drop * growth

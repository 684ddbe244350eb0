"""Machines whose water is not safe: stopped at once, released by a person with a passed test."""

from tapline.water.stops.model import StopCause, WaterStop
from tapline.water.stops.release import RELEASERS, obstacle, release
from tapline.water.stops.service import (
    EVENT_CAUSES,
    StopView,
    ask_again,
    of_devices,
    on_report,
    standing,
    stop,
    stop_by_hand,
    ticket,
)
from tapline.water.stops.watching import watch

__all__ = [
    "EVENT_CAUSES",
    "RELEASERS",
    "StopCause",
    "StopView",
    "WaterStop",
    "ask_again",
    "obstacle",
    "of_devices",
    "on_report",
    "release",
    "standing",
    "stop",
    "stop_by_hand",
    "ticket",
    "watch",
]

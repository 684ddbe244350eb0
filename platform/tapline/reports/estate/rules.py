"""How a device is, in one word. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tapline.devices import Device, Presence
from tapline.faults import Alarm

STOPS_SALE = frozenset(
    {"leak", "valve_stuck_open", "valve_stuck", "uv_failed", "membrane_leak", "tds_out_high"}
)
"""Alarms of water where it should not be, or of water that should not be drunk."""


class Tone(StrEnum):
    """Shown by colour and by mark; ordered from what matters most."""

    BAD = "bad"
    WARN = "warn"
    OFF = "off"
    OK = "ok"

    @property
    def rank(self) -> int:
        """0 is what to look at first."""
        return list(Tone).index(self)


class Condition(NamedTuple):
    """How a device is, why (an alarm's code or a presence), and since when, if known."""

    tone: Tone
    why: str
    since: datetime | None


def condition(device: Device, alarms: Sequence[Alarm]) -> Condition:
    """The worst of what is known; of equals the oldest.

    A device that said goodbye is off; one whose connection broke needs somebody.
    """
    known = [_of_alarm(alarm) for alarm in alarms]
    if device.presence is not Presence.ONLINE:
        tone = Tone.WARN if device.presence is Presence.LOST else Tone.OFF
        known.append(Condition(tone, device.presence.value, device.presence_at))
    if not known:
        return Condition(Tone.OK, Presence.ONLINE.value, device.presence_at)
    return min(known, key=lambda one: (one.tone.rank, one.since or device.created_at))


def _of_alarm(alarm: Alarm) -> Condition:
    tone = Tone.BAD if alarm.code in STOPS_SALE else Tone.WARN
    return Condition(tone, alarm.code, alarm.raised_at)

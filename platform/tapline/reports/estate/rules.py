"""How a device is, in one word. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tapline.devices import Device, Presence
from tapline.faults import Alarm

STOPS_SALE = frozenset(
    {"leak", "valve_stuck_open", "valve_stuck", "uv_failed", "membrane_leak", "tds_out_high"}
)
"""Alarms of water where it should not be, or of water that should not be drunk."""


_BRIEF = timedelta(minutes=3)


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


def condition(
    device: Device, alarms: Sequence[Alarm], *, now: datetime, planned: bool = False
) -> Condition:
    """The worst of what is known; of equals the oldest.

    A device that said goodbye is off; one whose connection broke needs somebody, unless it is back
    within moments. In a planned outage only water that is not to be drunk, or is where it should
    not be, needs anybody.
    """
    known = [_of_alarm(alarm) for alarm in alarms]
    if planned:
        urgent = [one for one in known if one.tone is Tone.BAD]
        return min(urgent, key=_since(device), default=Condition(Tone.OFF, "planned_outage", None))
    if device.presence is not Presence.ONLINE and not _just_lost(device, now):
        tone = Tone.WARN if device.presence is Presence.LOST else Tone.OFF
        known.append(Condition(tone, device.presence.value, device.presence_at))
    if not known:
        return Condition(Tone.OK, Presence.ONLINE.value, device.presence_at)
    return min(known, key=_since(device))


def _since(device: Device) -> Callable[[Condition], tuple[int, datetime]]:
    return lambda one: (one.tone.rank, one.since or device.created_at)


def _just_lost(device: Device, now: datetime) -> bool:
    """Connections break and are back: nobody need look up for it."""
    lost = device.presence is Presence.LOST
    return lost and device.presence_at is not None and now - device.presence_at < _BRIEF


def _of_alarm(alarm: Alarm) -> Condition:
    tone = Tone.BAD if alarm.code in STOPS_SALE else Tone.WARN
    return Condition(tone, alarm.code, alarm.raised_at)

"""Machines, their keys and their faults."""

from dataclasses import dataclass
from uuid import UUID

from tapline.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandQueued(Event):
    """A message down to a device waits in its queue."""

    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationAsked(Event):
    """A device shall be sent another key by whoever can make one."""

    device_id: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsChanged(Event):
    """What a device, or a batch that claims its devices, logs in with has changed."""

    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(Event):
    """A device's presence, health or alarm state changed: pages that show it look again."""

    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRaised(Event):
    """A fault is foreseen on a device and deserves a visit."""

    prediction_id: UUID

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
    cuts: bool = False
    """Whether what it is connected with has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(Event):
    """A device's presence, health or alarm state changed: pages that show it look again."""

    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDark(Event):
    """A machine has been dark for long, alone: somebody is to look after it."""

    device_id: str
    darkness_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineBack(Event):
    """A machine that somebody was to look after for its silence is heard again."""

    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageChanged(Event):
    """An outage that nobody planned began, grew, shrank, was explained or is over."""

    incident_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOutageChanged(Event):
    """An outage was planned, changed or called off."""

    plan_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOutageBegun(Event):
    """A planned outage is under way, or goes on for longer than was said."""

    plan_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRaised(Event):
    """A fault is foreseen on a device and deserves a visit."""

    prediction_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterStopped(Event):
    """A machine was stopped because its water is not safe."""

    stop_id: UUID
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutChanged(Event):
    """A rollout, or a machine of it, has come further: pages that show it look again."""

    rollout_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutStopped(Event):
    """The stop rule has paused a rollout: a person has to look."""

    rollout_id: UUID

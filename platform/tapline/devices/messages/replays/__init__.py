"""Dead letters tried again: asked for by a person, done by the gateway, which has the keys."""

from tapline.devices.messages.replays.model import Replay, ReplayStep, StepState
from tapline.devices.messages.replays.repository import Progress
from tapline.devices.messages.replays.service import (
    Outcome,
    ask,
    finish,
    get,
    newest,
    progress,
    step_of,
    take,
)

__all__ = [
    "Outcome",
    "Progress",
    "Replay",
    "ReplayStep",
    "StepState",
    "ask",
    "finish",
    "get",
    "newest",
    "progress",
    "step_of",
    "take",
]

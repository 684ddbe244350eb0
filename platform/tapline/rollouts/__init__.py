"""Firmware over the air: signed images, told ring by ring, stopped by what machines then do."""

from tapline.rollouts import images
from tapline.rollouts.jobs import greeted, reported
from tapline.rollouts.links import Download
from tapline.rollouts.links import opened as opened_link
from tapline.rollouts.model import (
    JobState,
    MemberState,
    Rollout,
    RolloutDevice,
    RolloutJob,
    RolloutState,
)
from tapline.rollouts.rings import RINGS
from tapline.rollouts.service import (
    LEADERS,
    approve,
    exclude,
    pause,
    propose,
    resume,
    retry,
    roll_back,
    withdraw,
)
from tapline.rollouts.steps import sweep
from tapline.rollouts.view import Model, RolloutView, get, listed, models, view

__all__ = [
    "LEADERS",
    "RINGS",
    "Download",
    "JobState",
    "MemberState",
    "Model",
    "Rollout",
    "RolloutDevice",
    "RolloutJob",
    "RolloutState",
    "RolloutView",
    "approve",
    "exclude",
    "get",
    "greeted",
    "images",
    "listed",
    "models",
    "opened_link",
    "pause",
    "propose",
    "reported",
    "resume",
    "retry",
    "roll_back",
    "sweep",
    "view",
    "withdraw",
]

"""Messages down to devices: queued in order, published by the gateway, answered by the device."""

from tapline.devices.commands.model import CommandState, DeviceCommand
from tapline.devices.commands.service import (
    answer,
    expire,
    mark_published,
    open_commands,
    queue,
    requeue_unanswered,
    take_queued,
)

__all__ = [
    "CommandState",
    "DeviceCommand",
    "answer",
    "expire",
    "mark_published",
    "open_commands",
    "queue",
    "requeue_unanswered",
    "take_queued",
]

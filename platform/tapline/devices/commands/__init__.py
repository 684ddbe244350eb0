"""Messages down to devices: queued in order, published by the gateway, answered by the device."""

from tapline.devices.commands.model import CommandState, DeviceCommand
from tapline.devices.commands.rules import (
    MAY_SEND_TO_ALL,
    OPEN,
    OPERATIONS,
    OPPOSITES,
    Operation,
)
from tapline.devices.commands.service import (
    answer,
    expire,
    last_stop,
    mark_published,
    newest,
    of_device,
    offered,
    open_commands,
    queue,
    requeue_unanswered,
    sells,
    send,
    send_to_all,
    states,
    take_queued,
    understands,
)

__all__ = [
    "MAY_SEND_TO_ALL",
    "OPEN",
    "OPERATIONS",
    "OPPOSITES",
    "CommandState",
    "DeviceCommand",
    "Operation",
    "answer",
    "expire",
    "last_stop",
    "mark_published",
    "newest",
    "of_device",
    "offered",
    "open_commands",
    "queue",
    "requeue_unanswered",
    "sells",
    "send",
    "send_to_all",
    "states",
    "take_queued",
    "understands",
]

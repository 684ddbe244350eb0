from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from tapline import clock
from tapline.devices.commands.model import CommandState, DeviceCommand
from tapline.devices.commands.repository import CommandRepository
from tapline.events import CommandQueued
from tapline.ids import new_id
from tapline.uow import UnitOfWork

_ORDER = list(CommandState)
_FINAL = {CommandState.DONE, CommandState.FAILED, CommandState.EXPIRED, CommandState.REFUSED}


def queue(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    op: str,
    args: dict[str, Any],
    reason: str,
    ttl_s: int,
) -> DeviceCommand:
    """Append a command to the device's queue; the gateway publishes it, the device answers."""
    now = clock.now()
    command = DeviceCommand(
        command_id=str(new_id()),
        tenant_id=tenant_id,
        device_id=device_id,
        op=op,
        args=args,
        reason=reason,
        state=CommandState.QUEUED,
        created_at=now,
        expires_at=now + timedelta(seconds=ttl_s),
    )
    CommandRepository(uow).add(command)
    uow.emit(CommandQueued(tenant_id=tenant_id, device_id=device_id))
    return command


def take_queued(uow: UnitOfWork, *, limit: int) -> Sequence[DeviceCommand]:
    """Commands to publish now, in order per device."""
    return CommandRepository(uow).queued(limit, clock.now())


def mark_published(uow: UnitOfWork, *, command_ids: Collection[str]) -> None:
    """Note that these were handed to the broker."""
    CommandRepository(uow).mark_published(command_ids, clock.now())


def requeue_unanswered(uow: UnitOfWork, *, device_id: str | None = None, after_s: int = 0) -> None:
    """Publish again what was sent `after_s` ago or earlier and has neither answer nor expired."""
    now = clock.now()
    CommandRepository(uow).requeue(
        now, device_id=device_id, sent_before=now - timedelta(seconds=after_s)
    )


def expire(uow: UnitOfWork) -> None:
    """Close commands whose time is over."""
    CommandRepository(uow).expire(clock.now())


def open_commands(uow: UnitOfWork, *, device_id: str, op: str) -> Sequence[DeviceCommand]:
    """Commands of this kind that the device may still carry out, oldest first."""
    return CommandRepository(uow).open_of(device_id, op, clock.now())


def answer(
    uow: UnitOfWork,
    *,
    device_id: str,
    command_id: str,
    state: CommandState,
    rc: int,
    out: dict[str, Any],
) -> bool:
    """Take a device's word on a command; false where it is unknown or the word is old news."""
    command = CommandRepository(uow).find(device_id, command_id)
    if command is None or command.state in _FINAL:
        return False
    if _ORDER.index(state) < _ORDER.index(command.state):
        return False
    command.state, command.rc, command.out = state, rc, out
    command.answered_at = clock.now()
    return True

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tapline import clock
from tapline.events import PortCommandQueued
from tapline.hotline.calls.model import Call
from tapline.hotline.commands import rules
from tapline.hotline.commands.model import CommandState, QueuedCommand
from tapline.hotline.commands.repository import CommandRepository
from tapline.hotline.port import CommandKind, PortCommand
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def order(uow: UnitOfWork, call: Call, kind: CommandKind, **arguments: Any) -> UUID:
    """Let the exchange do this once the transaction commits; the command's id."""
    now, command_id = clock.now(), new_id()
    CommandRepository(uow).add(
        QueuedCommand(
            command_id=command_id,
            tenant_id=call.tenant_id,
            call_id=call.call_id,
            provider=call.provider,
            call_ref=call.ref,
            kind=kind,
            leg=arguments.get("leg"),
            arguments=arguments,
            state=CommandState.WAITING,
            attempts=0,
            created_at=now,
            due_at=now,
        )
    )
    uow.emit(PortCommandQueued(tenant_id=call.tenant_id, command_id=command_id))
    return command_id


def claim(
    uow: UnitOfWork, *, limit: int
) -> tuple[Sequence[QueuedCommand], Sequence[QueuedCommand]]:
    """What is to be tried now, and what has just been given up as too old."""
    now = clock.now()
    tried, given_up = [], []
    for command in CommandRepository(uow).due(now, limit):
        if rules.is_stale(command.kind, now - command.created_at):
            command.state, command.error = CommandState.FAILED, "too late to be of use"
            given_up.append(command)
            continue
        command.attempts += 1
        command.due_at = now + rules.ATTEMPT
        tried.append(command)
    return tried, given_up


def settle(
    uow: UnitOfWork, *, command_id: UUID, error: str | None, final: bool
) -> QueuedCommand | None:
    """Write down how an attempt went; the command where it has failed for good just now."""
    command = CommandRepository(uow).locked(command_id)
    if command is None or command.state is not CommandState.WAITING:
        return None
    command.error = error
    if not final:
        command.due_at = rules.next_try(clock.now(), command.attempts)
        return None
    command.state = CommandState.FAILED if error else CommandState.TAKEN
    return command if error else None


def asked_secretly(uow: UnitOfWork, command_id: UUID) -> bool:
    """Whether keys that answer this command are to be kept nowhere; of an unknown one, they are."""
    command = CommandRepository(uow).find(command_id)
    return command is None or bool(command.arguments.get("secret"))


def as_order(command: QueuedCommand) -> PortCommand:
    """The row as the port takes it."""
    return PortCommand(command.command_id, command.call_ref, command.kind, command.arguments)

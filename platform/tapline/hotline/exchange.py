"""Carrying out what the exchange was asked for, and noticing what it forgot to tell."""

from datetime import timedelta

from tapline import clock
from tapline.hotline import offers, talk
from tapline.hotline.calls.model import Call, CallState, Outcome
from tapline.hotline.calls.repository import CallRepository
from tapline.hotline.calls.service import changed, note
from tapline.hotline.commands import service as commands
from tapline.hotline.commands.model import QueuedCommand
from tapline.hotline.port import CommandKind, Ports, RefusedCommandError
from tapline.hotline.records.rules import DECIDED
from tapline.uow import Database, UnitOfWork

_AT_ONCE = 50
_LOST_AFTER = timedelta(seconds=60)
"""A call that the exchange does not know after this is over, and we were not told."""
_ENDS_WITHOUT = {CommandKind.ANSWER, CommandKind.ORIGINATE, CommandKind.HANG_UP, CommandKind.REJECT}
"""Refused one of these, a call is not there."""


def send_commands(database: Database, ports: Ports) -> int:
    """Carry out what waits, each call's orders one after the other; how many were taken.

    Opens its own transactions, one before and one after each order: the exchange is outside, and
    no lock waits for it. A process that dies in between leaves the order to be given again under
    the same id.
    """
    taken = 0
    while claimed := _claimed(database):
        for command in claimed:
            error, final = _executed(ports, command)
            with database.transaction() as uow:
                _settle(uow, command, error, final=final)
            taken += error is None
    return taken


def end_lost_calls(database: Database, ports: Ports, *, tenant_id: str) -> int:
    """End the calls that their exchange no longer knows: a provider tries to tell only so often."""
    asked_at = clock.now()
    known = {provider: port.live_calls() for provider, port in ports.items()}
    with database.transaction() as uow:
        calls = CallRepository(uow, tenant_id)
        lost = [
            call.call_id
            for call in calls.live(begun_before=asked_at - _LOST_AFTER)
            if call.provider in known and call.ref not in known[call.provider]
        ]
    for call_id in lost:
        with database.transaction() as uow:
            _end(uow, CallRepository(uow, tenant_id).get(call_id, lock=True))
    return len(lost)


def _claimed(database: Database) -> list[QueuedCommand]:
    with database.transaction() as uow:
        tried, given_up = commands.claim(uow, limit=_AT_ONCE)
        for command in given_up:
            _give_up(uow, command)
        return list(tried)


def _executed(ports: Ports, command: QueuedCommand) -> tuple[str | None, bool]:
    """What went wrong, if anything, and whether that is final."""
    port = ports.get(command.provider)
    if port is None:
        return f"no exchange {command.provider!r} is configured", False
    try:
        port.execute(commands.as_order(command))
    except RefusedCommandError as error:
        return str(error), True
    except Exception as error:  # however an exchange fails, it is recorded and tried again
        return f"{type(error).__name__}: {error}", False
    return None, True


def _settle(uow: UnitOfWork, command: QueuedCommand, error: str | None, *, final: bool) -> None:
    failed = commands.settle(uow, command_id=command.command_id, error=error, final=final)
    if failed is not None:
        _give_up(uow, failed)


def _give_up(uow: UnitOfWork, command: QueuedCommand) -> None:
    """Go on without what the exchange would not do. Nobody may wait for it for ever."""
    call = CallRepository(uow, command.tenant_id).get(command.call_id, lock=True)
    note(uow, call, "command.failed", command=command.kind.value, error=command.error)
    offered = command.leg is not None and command.leg == call.offer_id
    if command.kind in _ENDS_WITHOUT and call.state is not CallState.ENDED:
        _end(uow, call)
    elif command.kind is CommandKind.RING and offered and call.state is CallState.RINGING:
        offers.refuse(uow, call, "unreachable")
    elif command.kind is CommandKind.BRIDGE and offered and call.state is CallState.CONNECTING:
        talk.on_not_joined(uow, call, "unreachable")
    changed(uow, call)


def _end(uow: UnitOfWork, call: Call) -> None:
    """It is over, and nobody said how: then we do."""
    if call.state is CallState.ENDED:
        return
    if call.state not in {CallState.TALKING, CallState.HELD} and call.outcome is None:
        call.outcome = Outcome.FAILED
        note(uow, call, DECIDED, outcome=Outcome.FAILED.value)
    note(uow, call, "call.ended", ref=call.ref, result={"cause": "lost", "hangup_side": "system"})
    talk.on_ended(uow, call, agent_failed=True)
    changed(uow, call)

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tapline import audit, clock
from tapline.devices import holds, vendors
from tapline.devices.commands import rules
from tapline.devices.commands.model import CommandState, DeviceCommand
from tapline.devices.commands.repository import CommandRepository
from tapline.devices.repository import DeviceRepository
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.events import CommandQueued, DeviceChanged
from tapline.ids import new_id
from tapline.people import Staff
from tapline.uow import UnitOfWork

_REASON_MAX = 200


def queue(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    op: str,
    args: dict[str, Any],
    reason: str,
    ttl_s: int,
    actor: str | None = None,
) -> DeviceCommand:
    """Append a command to the device's queue; the gateway publishes it, the device answers.

    Its opposite, where the device has not answered that yet, is never sent again: it could only
    arrive too late and undo this one. Where the machine's maker has no word for it, it is refused
    at once: nobody could carry it there.

    Raises:
        ConflictError: the sale is to be resumed, and something forbids it.
    """
    if op == "resume_sale":
        args = args | holds.resuming(uow, tenant_id=tenant_id, device_id=device_id)
    now = clock.now()
    is_understood = understands(uow, device_id=device_id, op=op)
    if opposite := rules.OPPOSITES.get(op):
        CommandRepository(uow).supersede(device_id, opposite, now)
    command = DeviceCommand(
        command_id=str(new_id()),
        tenant_id=tenant_id,
        device_id=device_id,
        op=op,
        args=args,
        reason=reason,
        actor=actor,
        state=CommandState.QUEUED if is_understood else CommandState.REFUSED,
        created_at=now,
        expires_at=now + timedelta(seconds=ttl_s),
        answered_at=None if is_understood else now,
    )
    CommandRepository(uow).add(command)
    uow.emit(CommandQueued(tenant_id=tenant_id, device_id=device_id))
    return command


def understands(uow: UnitOfWork, *, device_id: str, op: str) -> bool:
    """Whether a machine can be told to do something; of one that speaks our contract that is
    believed until it refuses."""
    language = vendors.languages(uow, device_ids=[device_id]).get(device_id)
    return language is None or op in language.operations


def take_queued(
    uow: UnitOfWork,
    *,
    limit: int,
    makers: Collection[str] = (),
    device_ids: Collection[str] | None = None,
) -> Sequence[DeviceCommand]:
    """Commands to send now, in order per device: for machines that speak our contract, and for
    those of `makers`; for no others than `device_ids` where given."""
    return CommandRepository(uow).queued(limit, clock.now(), makers=makers, device_ids=device_ids)


def mark_published(uow: UnitOfWork, *, command_ids: Collection[str]) -> None:
    """Note that these were handed to the broker."""
    CommandRepository(uow).mark_published(command_ids, clock.now())


def requeue_unanswered(
    uow: UnitOfWork, *, device_ids: Collection[str] | None = None, after_s: int = 0
) -> None:
    """Publish again what was sent `after_s` ago or earlier and has neither answer nor expired."""
    now = clock.now()
    CommandRepository(uow).requeue(
        now, device_ids=device_ids, sent_before=now - timedelta(seconds=after_s)
    )


def expire(uow: UnitOfWork) -> None:
    """Close commands whose time is over."""
    CommandRepository(uow).expire(clock.now())


def open_commands(uow: UnitOfWork, *, device_id: str, op: str) -> Sequence[DeviceCommand]:
    """Commands of this kind that the device may still carry out, oldest first."""
    return CommandRepository(uow).open_of(device_id, op, clock.now())


def states(uow: UnitOfWork, *, command_ids: Collection[str]) -> dict[str, CommandState]:
    """How far each of these has come."""
    return CommandRepository(uow).states(command_ids)


def answer(
    uow: UnitOfWork,
    *,
    device_id: str,
    command_id: str,
    state: CommandState,
    rc: int | None,
    out: dict[str, Any],
) -> bool:
    """Take a device's word on a command; false where it is unknown or the word is old news."""
    command = CommandRepository(uow).find(device_id, command_id)
    if command is None or not rules.is_news(command.state, state):
        return False
    now = clock.now()
    command.state, command.rc, command.out = state, rc, out
    match state:
        case CommandState.RECEIVED:
            command.received_at = now
        case CommandState.STARTED:
            command.started_at = now
        case _:
            command.answered_at = now
    uow.emit(DeviceChanged(tenant_id=command.tenant_id, device_id=device_id))
    return True


def offered(uow: UnitOfWork, *, staff: Staff, device_id: str) -> list[str]:
    """What a person may have a machine do, as far as it can be told so, in the order of pages."""
    language = vendors.languages(uow, device_ids=[device_id]).get(device_id)
    return [
        op
        for op, one in rules.OPERATIONS.items()
        if staff.role in one.senders and (language is None or op in language.operations)
    ]


def send(
    uow: UnitOfWork,
    *,
    staff: Staff,
    device_id: str,
    op: str,
    args: Mapping[str, Any],
    reason: str,
) -> DeviceCommand:
    """Have a machine do something on the word of a person.

    Raises:
        DeniedError: the role may not.
        InvalidError: no operation of people, no reason, arguments that cannot be, or a machine
            whose maker has no word for it.
        NotFoundError: the tenant has no such machine.
        ConflictError: the machine was asked already and has not answered.
    """
    language = vendors.languages(uow, device_ids=[device_id]).get(device_id)
    if language is not None and op not in language.operations:
        raise InvalidError(
            f"{device_id} speaks the language of {language.maker}, which has no word for {op}: ask"
            " its maker, or send a technician"
        )
    command = _send(uow, staff=staff, device_id=device_id, op=op, args=args, reason=reason)
    if command is None:
        raise ConflictError(f"{device_id} was asked already: wait for its answer or its end")
    return command


def send_to_all(
    uow: UnitOfWork,
    *,
    staff: Staff,
    device_ids: Collection[str],
    op: str,
    args: Mapping[str, Any],
    reason: str,
) -> list[DeviceCommand]:
    """The same for many; those that were asked already and have not answered are left out, and
    those whose makers have no word for it.

    Raises as `send`.
    """
    if staff.role not in rules.MAY_SEND_TO_ALL:
        raise DeniedError("a supervisor or an administrator commands many machines: ask one")
    foreign = vendors.languages(uow, device_ids=device_ids).items()
    deaf = {name for name, language in foreign if op not in language.operations}
    made = [
        _send(uow, staff=staff, device_id=device_id, op=op, args=args, reason=reason)
        for device_id in sorted(set(device_ids) - deaf)
    ]
    return [command for command in made if command is not None]


def _send(
    uow: UnitOfWork,
    *,
    staff: Staff,
    device_id: str,
    op: str,
    args: Mapping[str, Any],
    reason: str,
) -> DeviceCommand | None:
    operation = rules.OPERATIONS.get(op)
    if operation is None:
        raise InvalidError(f"no operation {op!r}; known: {', '.join(rules.OPERATIONS)}")
    if staff.role not in operation.senders:
        raise DeniedError(f"a supervisor or an administrator sends {op}: ask one")
    if not 1 <= len(reason.strip()) <= _REASON_MAX:
        raise InvalidError("say why: whoever finds the machine so will ask")
    checked = rules.arguments(op, args)
    tenant_id = staff.tenant_id
    DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    if any(one.args == checked for one in open_commands(uow, device_id=device_id, op=op)):
        return None
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action=f"command.{op}",
        subject=f"device:{device_id}",
        reason=reason.strip(),
    )
    return queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op=op,
        args=checked,
        reason=reason.strip(),
        ttl_s=operation.ttl_s,
        actor=staff.login,
    )


def of_device(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, limit: int = 20
) -> Sequence[DeviceCommand]:
    """What a machine was told to do, by people and by the platform, newest first."""
    return CommandRepository(uow).of_device(tenant_id, device_id, limit)


def newest(uow: UnitOfWork, *, device_ids: Collection[str]) -> dict[str, DeviceCommand]:
    """What a person sent last to each of these machines."""
    return CommandRepository(uow).newest(device_ids)


def sells(uow: UnitOfWork, *, device_id: str) -> bool:
    """Whether a machine sells, by its own word on the commands that stop and resume it."""
    return last_stop(uow, device_id=device_id) is None


def last_stop(uow: UnitOfWork, *, device_id: str) -> DeviceCommand | None:
    """The command that made a machine stop selling; None where it sells."""
    last = CommandRepository(uow).last_done(device_id, list(rules.OPPOSITES))
    return last if last is not None and last.op == "stop_sale" else None

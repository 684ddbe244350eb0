"""Commands in makers' languages: out of the same queue as for machines of our contract."""

from collections.abc import Mapping

from tapline.devices import commands, vendors
from tapline.devices.commands import CommandState, DeviceCommand
from tapline.uow import UnitOfWork
from tapline_gateway.protocol import Command, format_ts
from tapline_gateway.vendors.adapter import Commander, Order
from tapline_gateway.vendors.registry import ADAPTERS

_AT_ONCE = 200


def declare(uow: UnitOfWork) -> None:
    """Have the platform know what makers' machines can be told: the rest is refused at once."""
    vendors.declare(
        uow, operations={name: adapter.OPERATIONS for name, adapter in ADAPTERS.items()}
    )


def take(
    uow: UnitOfWork, *, maker: Commander, machines: Mapping[str, str]
) -> dict[str, tuple[str, Order]]:
    """Commands to send now to machines of a maker, by id and in order per device.

    Args:
        uow: the transaction.
        maker: whose machines.
        machines: those that hear us now: our id of each, and its maker's number.

    Returns:
        for which machine of ours, and in the maker's words.
    """
    queued = commands.take_queued(
        uow, limit=_AT_ONCE, makers=[maker.NAME], device_ids=machines.keys()
    )
    said = {
        one.command_id: (one.device_id, worded(uow, one, maker, machines[one.device_id]))
        for one in queued
    }
    return {name: (device_id, order) for name, (device_id, order) in said.items() if order}


def worded(
    uow: UnitOfWork, queued: DeviceCommand, maker: Commander, foreign_id: str
) -> Order | None:
    """A command in a maker's words. Where there are none, as for one from before the machine was
    its maker's, it is refused."""
    if queued.op in maker.OPERATIONS:
        return maker.order(foreign_id, contract(queued))
    commands.answer(
        uow,
        device_id=queued.device_id,
        command_id=queued.command_id,
        state=CommandState.REFUSED,
        rc=None,
        out={},
    )
    return None


def contract(queued: DeviceCommand) -> Command:
    """A command as our contract says it."""
    return Command(
        cmd=queued.command_id,
        op=queued.op,
        args=queued.args,
        exp=format_ts(queued.expires_at),
    )

"""Commands in makers' languages: out of the same queue as for machines of our contract."""

from collections.abc import Collection, Mapping

from tapline.devices import commands, vendors
from tapline.devices.commands import DeviceCommand
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
    uow: UnitOfWork, *, maker: Commander, device_ids: Collection[str]
) -> Mapping[str, tuple[str, Order]]:
    """Commands to send now to these machines of a maker, by id and in order per device: for which
    machine of ours, and in the maker's words."""
    queued = commands.take_queued(uow, limit=_AT_ONCE, makers=[maker.NAME], device_ids=device_ids)
    return {
        one.command.command_id: (
            one.command.device_id,
            maker.order(one.foreign_id, contract(one.command)),
        )
        for one in queued
        if one.foreign_id is not None
    }


def contract(queued: DeviceCommand) -> Command:
    """A command as our contract says it."""
    return Command(
        cmd=queued.command_id,
        op=queued.op,
        args=queued.args,
        exp=format_ts(queued.expires_at),
    )

"""Commands on their way down: taken from the queue, published, marked."""

from collections.abc import Sequence

from tapline.devices import commands
from tapline.uow import UnitOfWork
from tapline_gateway.protocol import Command, format_ts
from tapline_gateway.reading import Answer

_AT_ONCE = 200
_UNANSWERED_S = 30


def take(uow: UnitOfWork) -> dict[str, Answer]:
    """Commands to publish now, by id, in order per device.

    What was published a while ago and never answered is taken again: a device carries a command
    out once, however often it hears of it.
    """
    commands.expire(uow)
    commands.requeue_unanswered(uow, after_s=_UNANSWERED_S)
    return {
        queued.command_id: Answer(
            queued.tenant_id,
            queued.device_id,
            Command(
                cmd=queued.command_id,
                op=queued.op,
                args=queued.args,
                exp=format_ts(queued.expires_at),
            ),
        )
        for queued in commands.take_queued(uow, limit=_AT_ONCE)
    }


def mark(uow: UnitOfWork, command_ids: Sequence[str]) -> None:
    """Note that these were handed to the broker."""
    commands.mark_published(uow, command_ids=command_ids)

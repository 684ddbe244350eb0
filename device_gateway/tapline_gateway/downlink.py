"""What goes down unasked: commands, settings, and changes of the list of blocked cards."""

from collections.abc import Mapping, Sequence
from functools import cache

from tapline.cards import blocklist
from tapline.devices import commands, configuration
from tapline.devices import vendors as makers
from tapline.uow import UnitOfWork
from tapline_gateway.protocol import (
    CardList,
    ConfigDesired,
    list_hash,
)
from tapline_gateway.reading import Answer
from tapline_gateway.vendors import Commander, Order, contract, worded

_AT_ONCE = 200
_UNANSWERED_S = 30
_UNREPORTED_S = 600
"""A machine that reports no settings has its reasons, such as a firmware that knows none."""


def take(uow: UnitOfWork, told_here: Mapping[str, Commander]) -> dict[str, Answer | Order]:
    """Commands to publish now, by id, in order per device; for machines of the makers that are
    `told_here`, in the maker's words.

    What was published a while ago and never answered is taken again: a device carries a command
    out once, however often it hears of it.
    """
    commands.expire(uow)
    commands.requeue_unanswered(uow, after_s=_UNANSWERED_S)
    queued = commands.take_queued(uow, limit=_AT_ONCE, makers=told_here.keys())
    foreign = makers.languages(uow, device_ids=[one.device_id for one in queued]) if queued else {}
    said: dict[str, Answer | Order | None] = {}
    for one in queued:
        if language := foreign.get(one.device_id):
            maker = told_here[language.maker]
            said[one.command_id] = worded(uow, one, maker, language.foreign_id)
        else:
            said[one.command_id] = Answer(one.tenant_id, one.device_id, contract(one))
    return {command_id: one for command_id, one in said.items() if one is not None}


def mark(uow: UnitOfWork, command_ids: Sequence[str]) -> None:
    """Note that these were handed to the broker."""
    commands.mark_published(uow, command_ids=command_ids)


def take_settings(uow: UnitOfWork) -> list[Answer]:
    """Settings for machines that lack them; they count as told."""
    untold = configuration.take_untold(uow, limit=_AT_ONCE, unanswered_s=_UNREPORTED_S)
    return [
        Answer(one.tenant_id, one.device_id, ConfigDesired(ver=one.version, doc=one.document))
        for one in untold
    ]


def take_lists(uow: UnitOfWork) -> list[Answer]:
    """Changes of the list for machines that keep an older one; they count as told.

    One that is lost on its way is sent again when it has not been acknowledged for a while.
    """

    @cache
    def change(tenant_id: str, kept: int) -> CardList:
        return _card_list(blocklist.change_since(uow, tenant_id=tenant_id, base=kept))

    untold = blocklist.take_untold(uow, limit=_AT_ONCE, unanswered_s=_UNANSWERED_S)
    return [Answer(one.tenant_id, one.device_id, change(one.tenant_id, one.kept)) for one in untold]


def _card_list(change: blocklist.Change) -> CardList:
    return CardList(
        base=change.step.base,
        ver=change.step.version,
        add=change.add,
        remove=change.remove,
        hash=list_hash(change.cards),
    )

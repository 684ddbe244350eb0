"""What each message of a device does to the core, and what the device is told."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby

from tapline import devices
from tapline.devices import Vault, messages
from tapline.devices.messages import Raw
from tapline.uow import UnitOfWork
from tapline_gateway.handlers import (
    asking,
    certificates,
    claims,
    money,
    presence,
    renewals,
    reports,
    settings,
    testimonies,
    updates,
)
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.protocol import (
    AuthRequest,
    CertificateRequest,
    Claim,
    CommandStatus,
    ConfigReport,
    DeviceEvent,
    Hello,
    LoadRequest,
    OtaReport,
    State,
    TimeRequest,
    TotalsReport,
    TxnFrame,
)
from tapline_gateway.reading import Answer, Letter, Testimony

Handler = Callable[[UnitOfWork, Sequence[Stored]], list[Answer]]


def _handlers(vault: Vault) -> Mapping[type, Handler]:
    """Who handles what, in the order in which kinds of messages are handled."""
    return {
        State: presence.states,
        Hello: presence.hellos,
        TxnFrame: partial(money.facts, vault=vault),
        Testimony: testimonies.testimonies,
        LoadRequest: asking.load_requests,
        AuthRequest: asking.auth_requests,
        TotalsReport: reports.totals,
        DeviceEvent: reports.events,
        CommandStatus: reports.command_statuses,
        ConfigReport: settings.reports,
        OtaReport: updates.reports,
        TimeRequest: _told_elsewhere,
        Claim: partial(claims.claims, vault=vault),
        CertificateRequest: partial(certificates.requests, vault=vault),
    }


# What is answered from the clock alone, or is a state that the next report replaces.
_NOT_KEPT = (State, TimeRequest, Claim, CertificateRequest)


def handle(uow: UnitOfWork, letters: Sequence[Letter], vault: Vault) -> list[Answer]:
    """Act on letters, those of one kind together, in the order of `_handlers`; `vault` opens the
    keys by which cards' codes are judged.

    Among letters of one kind the order of arrival stands. Between kinds it does not matter: what a
    device says after hearing our answer to something cannot be in the same batch as that something.
    """
    renewals.renewed(uow, letters)
    handlers = _handlers(vault)
    ranks = {kind: rank for rank, kind in enumerate(handlers)}
    stored = sorted(
        _keep(uow, letters), key=lambda one: ranks.get(type(one.letter.message), len(ranks))
    )
    answers: list[Answer] = []
    for kind, run in groupby(stored, key=lambda one: type(one.letter.message)):
        handler = handlers.get(kind)
        same = list(run)
        if handler is None:
            _set_aside(uow, same)
        else:
            answers += handler(uow, same)
    # Presence may be the broker's word: a will, or a copy that it kept.
    spoke = {
        one.device_id
        for one in letters
        if not (one.replayed or isinstance(one.message, State | Claim | Testimony))
    }
    if spoke:
        devices.mark_seen(uow, device_ids=spoke)
    return answers


def _told_elsewhere(_uow: UnitOfWork, _letters: Sequence[Stored]) -> list[Answer]:
    """The time is told beside the database: see `timekeeping`."""
    return []


def _keep(uow: UnitOfWork, letters: Sequence[Letter]) -> list[Stored]:
    kept = [letter for letter in letters if not isinstance(letter.message, _NOT_KEPT)]
    raws = [Raw(one.tenant_id, one.device_id, one.came_to, one.payload) for one in kept]
    inbox_ids = iter(messages.keep(uow, raws))
    return [
        Stored(letter, 0 if isinstance(letter.message, _NOT_KEPT) else next(inbox_ids))
        for letter in letters
    ]


def _set_aside(uow: UnitOfWork, letters: Sequence[Stored]) -> None:
    """A message of the contract that the platform does not serve: kept, so that nothing is lost."""
    messages.bury(
        uow,
        [
            letter.refusal(
                "unserved", f"{letter.topic.name} is not served by this version of the platform"
            )
            for letter, _ in letters
        ],
    )

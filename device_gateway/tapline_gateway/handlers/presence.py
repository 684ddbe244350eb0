"""Presence and hellos: a device came, a device went, and where both sides stand."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tapline import devices, outages, rollouts
from tapline.cards import authorisations, blocklist, facts, vouchers
from tapline.devices import (
    Device,
    Presence,
    Standing,
    commands,
    configuration,
    firmware,
    messages,
)
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.handlers.totals import take_totals
from tapline_gateway.protocol import Ack, Hello, PresenceState, State, Stream, freshness
from tapline_gateway.reading import Answer, Letter

_STALE = "stale"


def states(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Take presence reports; an old one changes nothing."""
    for wave in _waves(letters):
        _note(uow, wave)
    return []


def _note(uow: UnitOfWork, wave: Sequence[Letter]) -> None:
    """Take the reports of different machines."""
    known = devices.locked(uow, names=[(one.tenant_id, one.device_id) for one in wave])
    news: list[tuple[Device, State]] = []
    back: dict[str, list[Device]] = {}
    foreign: list[str] = []
    for letter in wave:
        said, device = letter.message, known[letter.device_id]
        assert isinstance(said, State)
        if letter.vendor is not None and said.s is PresenceState.ONLINE:
            foreign.append(letter.device_id)
        if freshness.presence_is_news(_seen(device), said):
            news.append((device, said))
            if said.s is PresenceState.ONLINE:
                back.setdefault(letter.tenant_id, []).append(device)
    for tenant_id, machines in sorted(back.items()):
        outages.came_back(uow, tenant_id=tenant_id, machines=machines)
    if foreign:  # machines of other makers say no hello
        commands.requeue_unanswered(uow, device_ids=foreign)
    for device, said in news:
        state = Presence(said.s.value)
        devices.mark_presence(uow, device=device, state=state, boot=said.boot, conn=said.conn)


def _seen(device: Device) -> State | None:
    if device.presence is Presence.NEVER:
        return None
    state = PresenceState(device.presence.value)
    return State(s=state, boot=device.presence_boot, conn=device.presence_conn)


def hellos(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Take hellos, answer each with where we stand, and publish again what is unanswered.

    After an outage thousands come at once: those of different machines are taken together.
    """
    return [answer for wave in _waves(letters) for answer in _take(uow, wave)]


def _waves(letters: Sequence[Stored]) -> list[list[Letter]]:
    """The first of each machine, then the second of each, and so on."""
    waves: list[list[Letter]] = []
    came = Counter[str]()
    for letter, _ in letters:
        nth = came[letter.device_id]
        came[letter.device_id] += 1
        if nth == len(waves):
            waves.append([])
        waves[nth].append(letter)
    return waves


def _take(uow: UnitOfWork, wave: Sequence[Letter]) -> list[Answer]:
    known = devices.locked(uow, names=[(one.tenant_id, one.device_id) for one in wave])
    by_tenant: dict[str, list[_Greeting]] = {}
    for letter in wave:
        said, device = letter.message, known[letter.device_id]
        assert isinstance(said, Hello)
        if freshness.hello_is_current(_last_hello(device), said):
            by_tenant.setdefault(letter.tenant_id, []).append(_Greeting(device, said))
        else:
            _bury_stale(uow, letter)
    return [
        answer
        for tenant_id, greetings in sorted(by_tenant.items())
        for answer in _greet(uow, tenant_id, greetings)
    ]


class _Greeting(NamedTuple):
    """A locked machine and its hello, which is news."""

    device: Device
    said: Hello

    @property
    def name(self) -> str:
        return self.device.device_id


def _greet(uow: UnitOfWork, tenant_id: str, greetings: Sequence[_Greeting]) -> list[Answer]:
    """Greet different machines of a tenant, in as many statements as one would take."""
    names = [one.name for one in greetings]
    outcomes = devices.greet(uow, hellos=[(one.device, _hello(one.said)) for one in greetings])
    for device, said in greetings:
        take_totals(device, said.tot)
    runs = [
        firmware.Running(one.name, one.said.boot, one.said.fw, one.said.hw) for one in greetings
    ]
    firmware.note(uow, said=runs)
    rollouts.greeted(uow, tenant_id=tenant_id, running={one.name: one.said.fw for one in greetings})
    uptos = facts.recount(uow, device_ids=names)
    # Among facts that we released and lost may be the very writes and pours in question.
    standing = {
        one.name: Standing(one.said.seq_head, uptos[one.name])
        for one in greetings
        if not outcomes[one.name].lost_released
    }
    vouchers.release_expired(uow, tenant_id=tenant_id, standing=standing)
    authorisations.release_unused(uow, tenant_id=tenant_id, standing=standing)
    commands.requeue_unanswered(uow, device_ids=names)
    _take_versions(uow, tenant_id, greetings)
    return [
        Answer(tenant_id, name, Ack(stream=stream, upto=upto))
        for name in names
        for stream, upto in (
            (Stream.TXN, uptos[name]),
            (Stream.EVT, outcomes[name].evt_upto),
        )
    ]


def _take_versions(uow: UnitOfWork, tenant_id: str, greetings: Sequence[_Greeting]) -> None:
    kept = [configuration.Kept(device, said.cfg_ver, said.tariff_ver) for device, said in greetings]
    configuration.greeted(uow, tenant_id=tenant_id, kept=kept)
    lists = {
        one.name: blocklist.Kept(
            one.said.list_ver if "list" in one.said.caps else None, one.said.seq_head
        )
        for one in greetings
    }
    blocklist.greeted(uow, tenant_id=tenant_id, kept=lists)


def _hello(said: Hello) -> devices.Hello:
    return devices.Hello(
        boot=said.boot,
        seq_head=said.seq_head,
        seq_acked=said.seq_acked,
        document=msgspec.to_builtins(said),
    )


def _last_hello(device: Device) -> tuple[int, int] | None:
    if device.hello_boot is None or device.hello_seq_head is None:
        return None
    return (device.hello_boot, device.hello_seq_head)


def _bury_stale(uow: UnitOfWork, letter: Letter) -> None:
    which = messages.Which(code=_STALE, device_id=letter.device_id)
    if messages.buried(uow, tenant_id=letter.tenant_id, which=which, limit=1):
        return  # one is enough to ask why
    refusal = letter.refusal(
        _STALE, "an older hello than the last one: a copy, or a device that lost its counters"
    )
    messages.bury(uow, [refusal])

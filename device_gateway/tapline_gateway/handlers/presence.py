"""Presence and hellos: a device came, a device went, and where both sides stand."""

from collections.abc import Sequence

import msgspec

from tapline import devices, outages, rollouts
from tapline.cards import authorisations, blocklist, facts, vouchers
from tapline.devices import Device, Presence, commands, configuration, firmware, messages
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.handlers.totals import take_totals
from tapline_gateway.protocol import Ack, Hello, PresenceState, State, Stream, freshness
from tapline_gateway.reading import Answer, Letter

_STALE = "stale"


def states(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Take presence reports; an old one changes nothing."""
    for letter, _ in letters:
        said = letter.message
        assert isinstance(said, State)
        device = _locked(uow, letter)
        if freshness.presence_is_news(_seen(device), said):
            state = Presence(said.s.value)
            if state is Presence.ONLINE:
                outages.came_back(uow, device=device)
            devices.mark_presence(uow, device=device, state=state, boot=said.boot, conn=said.conn)
    return []


def _locked(uow: UnitOfWork, letter: Letter) -> Device:
    return devices.get(uow, tenant_id=letter.tenant_id, device_id=letter.device_id, lock=True)


def _seen(device: Device) -> State | None:
    if device.presence is Presence.NEVER:
        return None
    state = PresenceState(device.presence.value)
    return State(s=state, boot=device.presence_boot, conn=device.presence_conn)


def hellos(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Take hellos, answer each with where we stand, and publish again what is unanswered."""
    return [answer for letter, _ in letters for answer in _hello(uow, letter)]


def _hello(uow: UnitOfWork, letter: Letter) -> list[Answer]:
    said = letter.message
    assert isinstance(said, Hello)
    tenant_id, device_id = letter.tenant_id, letter.device_id
    device = _locked(uow, letter)
    if not freshness.hello_is_current(_last_hello(device), said):
        _bury_stale(uow, letter)
        return []
    hello = devices.Hello(
        boot=said.boot,
        seq_head=said.seq_head,
        seq_acked=said.seq_acked,
        document=msgspec.to_builtins(said),
    )
    outcome = devices.greet(uow, device=device, hello=hello)
    firmware.note(uow, device_id=device_id, boot=said.boot, fw=said.fw, hw=said.hw)
    rollouts.greeted(uow, tenant_id=tenant_id, device_id=device_id, fw=said.fw)
    upto = facts.recount(uow, device_id=device_id)
    take_totals(device, said.tot)
    # Among facts that we released and lost may be the very writes and pours in question.
    if not outcome.lost_released:
        for release in (vouchers.release_expired, authorisations.release_unused):
            release(
                uow, tenant_id=tenant_id, device_id=device_id, seq_head=said.seq_head, upto=upto
            )
    commands.requeue_unanswered(uow, device_id=device_id)
    configuration.greeted(uow, device=device, cfg_ver=said.cfg_ver, tariff_ver=said.tariff_ver)
    kept = said.list_ver if "list" in said.caps else None
    blocklist.greeted(
        uow, tenant_id=tenant_id, device_id=device_id, version=kept, seq_head=said.seq_head
    )
    return [
        Answer(tenant_id, device_id, Ack(stream=Stream.TXN, upto=upto)),
        Answer(tenant_id, device_id, Ack(stream=Stream.EVT, upto=outcome.evt_upto)),
    ]


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

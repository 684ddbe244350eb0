"""What a device says beside money: totals, events, how commands went."""

from collections.abc import Sequence

from tapline import devices, faults
from tapline.cards import challenges
from tapline.cards import facts as card_facts
from tapline.devices import commands, reports
from tapline.devices.commands import CommandState
from tapline.devices.reports import Report
from tapline.uow import UnitOfWork
from tapline.water import stops
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.handlers.totals import take_totals
from tapline_gateway.protocol import (
    Ack,
    CommandStatus,
    DeviceEvent,
    Stream,
    TotalsReport,
    read_ts,
)
from tapline_gateway.protocol import CommandState as WireState
from tapline_gateway.reading import Answer, Letter


def totals(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Take lifetime counters; those that fell are a copy."""
    for letter, _ in letters:
        said = letter.message
        assert isinstance(said, TotalsReport)
        device = devices.get(uow, tenant_id=letter.tenant_id, device_id=letter.device_id, lock=True)
        take_totals(device, said)
    return []


def events(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Store events once each; alarms and declared losses follow from the new ones."""
    return [answer for letter, _ in letters for answer in _event(uow, letter)]


def _event(uow: UnitOfWork, letter: Letter) -> list[Answer]:
    said = letter.message
    assert isinstance(said, DeviceEvent)
    tenant_id, device_id = letter.tenant_id, letter.device_id
    report = Report(
        evt_seq=said.evt_seq,
        boot=said.boot,
        code=said.code,
        raised=said.on,
        data=said.data,
        moment=read_ts(said.ts),
    )
    taken = reports.take(uow, tenant_id=tenant_id, device_id=device_id, report=report)
    answers = [Answer(tenant_id, device_id, Ack(stream=Stream.EVT, upto=taken.upto))]
    if not taken.fresh:
        return answers
    if said.lost is not None:
        first, last = said.lost
        devices.declare_lost(
            uow, tenant_id=tenant_id, device_id=device_id, from_seq=first, to_seq=last
        )
        txn_upto = card_facts.recount(uow, device_ids=[device_id])[device_id]
        answers.append(Answer(tenant_id, device_id, Ack(stream=Stream.TXN, upto=txn_upto)))
    elif said.code != "lost":
        faults.note(
            uow,
            tenant_id=tenant_id,
            device_id=device_id,
            code=said.code,
            raised=said.on,
            data=said.data,
            since=taken.since,
            until=taken.until,
        )
        stops.on_report(
            uow,
            tenant_id=tenant_id,
            device_id=device_id,
            code=said.code,
            raised=said.on,
            data=said.data,
            moment=read_ts(said.ts),
        )
    return answers


def command_statuses(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Take a device's word on its commands, and on the card that one had it wait for."""
    for letter, _ in letters:
        said = letter.message
        assert isinstance(said, CommandStatus)
        commands.answer(
            uow,
            device_id=letter.device_id,
            command_id=said.cmd,
            state=CommandState(said.st.value),
            rc=said.rc,
            out=said.out,
        )
        if said.st is WireState.DONE:
            challenges.tapped(
                uow,
                tenant_id=letter.tenant_id,
                device_id=letter.device_id,
                command_id=said.cmd,
                said=said.out,
            )
    return []

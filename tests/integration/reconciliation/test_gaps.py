"""Numbers missing from a device's stream are recorded once and asked for until they come."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tapline import clock, devices, reconciliation
from tapline.cards.facts import ingest
from tapline.devices import Presence, commands
from tapline.devices.commands import CommandState, DeviceCommand
from tapline.reconciliation import Resolution
from tapline.uow import UnitOfWork
from tests import factories

CARD = "88001234"
GAP_S = 900


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """A machine that is online, and a card."""
    with clock.frozen(factories.START):
        factories.tenant(uow)
        factories.device(uow, "A")
        factories.card(uow, CARD)
        presence(uow, Presence.ONLINE, 1)
        yield uow


def presence(uow: UnitOfWork, state: Presence, conn: int) -> None:
    device = devices.get(uow, tenant_id="demo", device_id="A", lock=True)
    devices.mark_presence(uow, device=device, state=state, boot=1, conn=conn)
    uow.session.flush()


def arrive(uow: UnitOfWork, *seqs: int) -> None:
    facts = [factories.fact("A", seq, CARD, atc=seq, before_fen=10_000) for seq in seqs]
    ingest(uow, tenant_id="demo", facts=facts)


def sweep(uow: UnitOfWork) -> list[dict[str, Any]]:
    """The ranges asked for by one sweep."""
    before = len(asked(uow))
    count = reconciliation.sweep_gaps(uow, tenant_id="demo")
    news = asked(uow)[before:]
    assert len(news) == count
    return [command.args for command in news]


def asked(uow: UnitOfWork) -> list[DeviceCommand]:
    queued = commands.take_queued(uow, limit=100)
    return [command for command in queued if command.op == "resend"]


def gaps(uow: UnitOfWork) -> dict[int, tuple[int, int]]:
    found = reconciliation.listed(uow, tenant_id="demo", codes=["D07"])
    return {one.seq or 0: (one.facts["from"], one.facts["to"]) for one in found}


def test_a_gap_is_given_time_to_close_by_itself(desk: UnitOfWork) -> None:
    arrive(desk, 1, 3)
    clock.advance(timedelta(seconds=GAP_S - 1))
    assert not sweep(desk)
    assert not gaps(desk)


def test_what_stays_missing_is_found_and_asked_for(desk: UnitOfWork) -> None:
    arrive(desk, 1, 3, 4, 8)
    clock.advance(timedelta(seconds=GAP_S))
    assert sweep(desk) == [{"from": 2, "to": 2}, {"from": 5, "to": 7}]
    assert gaps(desk) == {2: (2, 2), 5: (5, 7)}
    arrive(desk, 2, 5, 6, 7)
    assert gaps(desk).keys() == {2, 5}, "that it was missing stays on record"


def test_a_run_is_not_asked_for_twice_while_the_device_may_still_answer(desk: UnitOfWork) -> None:
    arrive(desk, 1, 3)
    clock.advance(timedelta(seconds=GAP_S))
    assert sweep(desk)
    assert not sweep(desk)


def test_a_run_that_shrinks_is_the_same_run_and_is_asked_for_again_later(desk: UnitOfWork) -> None:
    arrive(desk, 1, 6)
    clock.advance(timedelta(seconds=GAP_S))
    assert sweep(desk) == [{"from": 2, "to": 5}]
    arrive(desk, 2, 3)
    clock.advance(timedelta(seconds=GAP_S))
    assert not sweep(desk)
    clock.advance(timedelta(seconds=GAP_S))
    commands.expire(desk)
    desk.session.expire_all()
    assert sweep(desk) == [{"from": 4, "to": 5}]
    assert gaps(desk) == {2: (2, 5)}


def test_a_device_that_is_away_is_not_asked(desk: UnitOfWork) -> None:
    arrive(desk, 1, 3)
    presence(desk, Presence.LOST, 1)
    clock.advance(timedelta(seconds=GAP_S))
    assert not sweep(desk)
    presence(desk, Presence.ONLINE, 2)
    assert sweep(desk) == [{"from": 2, "to": 2}]


def test_what_a_device_declared_lost_is_not_asked_for(desk: UnitOfWork) -> None:
    arrive(desk, 1, 3, 5)
    devices.declare_lost(desk, tenant_id="demo", device_id="A", from_seq=2, to_seq=2)
    clock.advance(timedelta(seconds=GAP_S))
    assert sweep(desk) == [{"from": 4, "to": 4}]


def test_facts_that_we_lost_ourselves_are_recorded_as_ours_and_asked_for(desk: UnitOfWork) -> None:
    for _ in range(2):
        reconciliation.note_released_missing(
            desk, tenant_id="demo", device_id="A", from_seq=4, to_seq=9
        )
    (finding,) = reconciliation.listed(desk, tenant_id="demo", codes=["D07"])
    assert (finding.seq, finding.facts["ours"]) == (4, True)
    assert [command.args for command in asked(desk)] == [{"from": 4, "to": 9}]
    assert asked(desk)[0].state is CommandState.QUEUED
    clock.advance(timedelta(days=6))
    commands.expire(desk)
    assert len(asked(desk)) == 1, "nothing else would ask again"


def test_what_comes_after_all_is_said_so(desk: UnitOfWork) -> None:
    arrive(desk, 1, 4)
    clock.advance(timedelta(seconds=GAP_S))
    sweep(desk)
    arrive(desk, 2, 3)

    reconciliation.follow_gaps(desk, tenant_id="demo")

    (finding,) = reconciliation.listed(desk, tenant_id="demo", codes=["D07"])
    assert (finding.facts["ended"], finding.resolution) == ("came", Resolution.NONE)


def test_what_is_asked_for_in_vain_for_a_day_is_for_a_person(desk: UnitOfWork) -> None:
    arrive(desk, 1, 3)
    for _ in range(9):
        clock.advance(timedelta(hours=3))
        commands.expire(desk)
        desk.session.expire_all()
        sweep(desk)
        reconciliation.follow_gaps(desk, tenant_id="demo")
    assert resolution(desk) is Resolution.TICKET

    arrive(desk, 2)
    reconciliation.follow_gaps(desk, tenant_id="demo")
    assert resolution(desk) is Resolution.NONE


def resolution(uow: UnitOfWork) -> Resolution:
    (finding,) = reconciliation.listed(uow, tenant_id="demo", codes=["D07"])
    return finding.resolution


def test_a_loss_that_nobody_had_missed_yet_is_a_gap_for_a_person(desk: UnitOfWork) -> None:
    arrive(desk, 1, 2, 6)
    devices.declare_lost(desk, tenant_id="demo", device_id="A", from_seq=2, to_seq=5)

    for _ in range(2):
        reconciliation.follow_gaps(desk, tenant_id="demo")

    assert gaps(desk) == {3: (3, 5)}, "what we have is not lost, whatever the machine says"
    assert resolution(desk) is Resolution.TICKET


def test_a_day_of_which_something_may_be_missing_is_named(desk: UnitOfWork) -> None:
    """Facts are 90 s apart; the first is of the morning of the 21st in Shanghai."""
    arrive(desk, 1, 3)
    day = clock.business_date(factories.START)

    (machine,) = reconciliation.open_machines(desk, tenant_id="demo", day=day)

    assert (machine.device_id, machine.first, machine.last) == ("A", 2, 3)
    after = day + timedelta(days=1)
    assert not reconciliation.open_machines(desk, tenant_id="demo", day=after)
    arrive(desk, 2)
    assert not reconciliation.open_machines(desk, tenant_id="demo", day=day)

"""How far facts are released: never beyond what a device can have written, and never stuck."""

from datetime import timedelta

import pytest

from tapline import clock, devices, ledger, reconciliation
from tapline.devices import Presence, Stream
from tapline.uow import UnitOfWork
from tests.factories import START
from tests.gateway.stranger import pour
from tests.integration.wire.device import CARD, Machine, machine, upto

FAR = 2**53 - 1


@pytest.fixture
def device(uow: UnitOfWork) -> Machine:
    return machine(uow)


def fact(seq: int) -> dict[str, object]:
    return pour(seq, CARD, before=100_000 - 100 * seq)


def test_a_loss_declared_far_into_the_future_releases_nothing_unwritten(device: Machine) -> None:
    """A device deletes what is released: also what it has not sent yet."""
    device.hello(3, 0)
    device.pours(fact(1))

    assert upto(device.lose(1, 2, FAR)) == 3
    assert upto(device.pours(fact(5))) == 3
    assert upto(device.pours(fact(4))) == 5


def test_a_loss_declared_before_the_facts_below_it_arrive_is_remembered(device: Machine) -> None:
    device.hello(6, 0)
    assert upto(device.lose(1, 4, 6)) == 0
    assert upto(device.pours(fact(1), fact(2), fact(3))) == 6


def test_a_longer_loss_from_the_same_number_counts(device: Machine) -> None:
    device.hello(9, 0)
    device.pours(fact(1), fact(9))
    device.lose(1, 3, 3)
    device.lose(2, 3, 8)
    assert upto(device.pours(fact(2))) == 9


def test_a_loss_that_covers_stored_facts_changes_nothing_about_them(device: Machine) -> None:
    device.hello(4, 0)
    device.pours(fact(1), fact(3))
    assert upto(device.lose(1, 1, 4)) == 4
    assert upto(device.pours(fact(2))) == 4
    assert balance_fen(device.uow) == 700


def test_more_acknowledged_than_written_is_no_word_to_believe(device: Machine) -> None:
    """Erased flash reads as a huge number: it must not release what is still to come."""
    device.hello(0, 0)
    device.pours(fact(1))
    assert upto(device.hello(1, 2**32 - 1)) == 1


def test_a_first_hello_after_the_first_facts_releases_them(device: Machine) -> None:
    device.pours(fact(41), fact(42))
    assert upto(device.hello(42, 40)) == 42


def test_a_hello_after_a_restored_backup_releases_what_lies_behind_the_loss(
    device: Machine,
) -> None:
    device.hello(0, 0)
    device.pours(fact(1), fact(4), fact(5))
    assert upto(device.hello(5, 3)) == 5
    assert upto(device.pours(fact(2), fact(3))) == 5
    assert balance_fen(device.uow) == 500


def test_a_leap_of_numbers_blocks_nothing(device: Machine) -> None:
    device.hello(0, 0)
    device.pours(fact(1))
    answers = device.pours(pour(10**15, CARD, before=900, tot=None), fact(2), fact(3))
    assert upto(answers) == 3
    assert balance_fen(device.uow) == 600


def test_losses_that_we_made_are_asked_for_though_their_start_was_missed_before(
    device: Machine,
) -> None:
    missed = {"tenant_id": "demo", "device_id": device.device_id, "from_seq": 2}
    reconciliation.note_released_missing(device.uow, **missed, to_seq=2)  # type: ignore[arg-type]
    reconciliation.note_released_missing(device.uow, **missed, to_seq=9)  # type: ignore[arg-type]
    asked = devices.commands.open_commands(device.uow, device_id=device.device_id, op="resend")
    assert [command.args for command in asked] == [{"from": 2, "to": 2}, {"from": 2, "to": 9}]


def test_an_event_with_a_huge_number_does_not_hide_a_later_loss(device: Machine) -> None:
    device.hello(3, 0)
    device.pours(fact(1), fact(3))
    device.say("up/evt", evt_seq=FAR, code="leak")
    assert upto(device.lose(7, 2, 2)) == 3
    evt_upto = devices.upto(device.uow, device_id=device.device_id, stream=Stream.EVT)
    assert evt_upto == FAR


def test_a_device_that_counts_in_leaps_is_asked_for_a_few_runs_at_a_time(device: Machine) -> None:
    """Thousands of holes in one stream must not keep the others from being asked for."""
    with clock.frozen(START):
        device.say("st", s=Presence.ONLINE, conn=1)
        for batch in range(10):
            device.pours(*(fact(2 * n) for n in range(1 + 30 * batch, 31 + 30 * batch)))
        clock.advance(timedelta(hours=1))
        asked = reconciliation.sweep_gaps(device.uow, tenant_id="demo")
    assert asked == 50


def balance_fen(uow: UnitOfWork) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen

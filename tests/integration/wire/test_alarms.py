"""Alarms as machines tell of them: what came late takes the place that it had."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from tapline import clock, devices, faults
from tapline.faults import Alarm
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.wire.device import Machine

NOON = datetime(2026, 11, 2, 12, tzinfo=clock.BUSINESS_ZONE)
STORY = ((1, 0, True), (2, 2, False), (3, 3, True), (4, 5, False))
"""Events: number, hour and whether the alarm was raised."""


@pytest.fixture
def machine(uow: UnitOfWork) -> Machine:
    factories.tenant(uow)
    factories.device(uow, "WD-0001")
    device = devices.get(uow, tenant_id="demo", device_id="WD-0001")
    device.created_at = NOON - timedelta(days=60)
    return Machine(uow)


def hour(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def says(machine: Machine, code: str, evt_seq: int, at: datetime | None, is_on: bool) -> None:
    ts = {} if at is None else {"ts": at.isoformat()}
    machine.say("up/evt", evt_seq=evt_seq, code=code, on=is_on, **ts)


def alarms(machine: Machine, code: str) -> list[tuple[datetime, datetime | None]]:
    found = machine.uow.session.scalars(
        select(Alarm)
        .where(Alarm.device_id == machine.device_id, Alarm.code == code)
        .order_by(Alarm.raised_at)
        .execution_options(populate_existing=True)
    )
    return [(alarm.raised_at, alarm.cleared_at) for alarm in found]


def test_alarms_are_the_same_in_whatever_order_they_are_told(machine: Machine) -> None:
    with clock.frozen(hour(6)):
        for number, told in enumerate(permutations(STORY)):
            for evt_seq, at, is_on in (*told, told[0]):
                says(machine, f"leak{number}", 10 * number + evt_seq, hour(at), is_on)

            assert alarms(machine, f"leak{number}") == [
                (hour(0), hour(2)),
                (hour(3), hour(5)),
            ], told


def test_an_alarm_that_is_still_on_stays_on_when_what_was_before_it_comes(machine: Machine) -> None:
    with clock.frozen(hour(6)):
        says(machine, "leak", 3, hour(3), True)
        says(machine, "leak", 1, hour(0), True)
        assert alarms(machine, "leak") == [(hour(0), None)]
        says(machine, "leak", 2, hour(2), False)

        assert alarms(machine, "leak") == [(hour(0), hour(2)), (hour(3), None)]
        (still,) = faults.open_alarms(machine.uow, tenant_id="demo")
        assert still.raised_at == hour(3)


def test_a_late_word_without_a_time_changes_nothing_that_is_known(machine: Machine) -> None:
    with clock.frozen(hour(2)):
        says(machine, "leak", 2, hour(1), False)
    with clock.frozen(hour(6)):
        says(machine, "leak", 1, None, True)

        assert alarms(machine, "leak") == []


def test_a_number_far_too_high_does_not_silence_what_comes_after_it(machine: Machine) -> None:
    with clock.frozen(hour(1)):
        says(machine, "leak", 2**53 - 1, hour(1), False)
    with clock.frozen(hour(6)):
        says(machine, "leak", 2, hour(6), True)

        assert alarms(machine, "leak") == [(hour(6), None)]


@pytest.mark.parametrize("ts", [datetime(2000, 1, 1, tzinfo=clock.BUSINESS_ZONE), hour(30)])
def test_a_clock_that_cannot_be_right_is_not_gone_by(machine: Machine, ts: datetime) -> None:
    with clock.frozen(hour(1)):
        says(machine, "leak", 1, ts, True)
    with clock.frozen(hour(2)):
        says(machine, "leak", 2, ts, False)

        assert alarms(machine, "leak") == [(hour(1), hour(2))]


def test_an_alarm_ends_even_where_the_clock_was_set_back_meanwhile(machine: Machine) -> None:
    with clock.frozen(hour(6)):
        says(machine, "leak", 1, hour(3), True)
        says(machine, "leak", 2, hour(1), False)

        assert alarms(machine, "leak") == [(hour(3), hour(3))]

"""Availability of real machines: what was dark, stopped, planned and closed in a month."""

from datetime import timedelta

import pytest

from tapline import calendar, clock, faults, outages
from tapline.devices import commands, credentials
from tapline.devices.commands import CommandState
from tapline.outages import Span
from tapline.outages.uptime import Part
from tapline.people import Scope
from tapline.sites import closures
from tapline.sites.closures import ClosureKind
from tests.integration.outages.cast import Cast


def seconds(cast: Cast, name: str, hours: float) -> dict[Part, int]:
    """The account of a machine for the last hours, without what is zero."""
    within = Span(clock.now() - timedelta(hours=hours), clock.now())
    found = outages.uptime.of_machines(cast.uow, scope=Scope("demo"), within=within)
    (one,) = [one for one in found if one.device.device_id == name]
    assert one.account.whole_s == within.lasted_s
    return {part: held for part, held in one.account.seconds.items() if held}


def settled(cast: Cast) -> None:
    """All machines were registered long ago."""
    for name in cast.everything:
        device = cast.locked(name)
        device.created_at = clock.now() - timedelta(days=60)
    cast.uow.session.flush()


def do(cast: Cast, name: str, op: str) -> None:
    command = commands.queue(
        cast.uow,
        tenant_id="demo",
        device_id=name,
        op=op,
        args={},
        reason="水质",
        ttl_s=3600,
    )
    commands.answer(
        cast.uow,
        device_id=name,
        command_id=command.command_id,
        state=CommandState.DONE,
        rc=0,
        out={},
    )


def alarm(cast: Cast, name: str, code: str, *, raised: bool) -> None:
    faults.note(cast.uow, tenant_id="demo", device_id=name, code=code, raised=raised, data={})


@pytest.mark.req("C39")
def test_a_day_s_account_of_a_machine_adds_up(cast: Cast) -> None:
    settled(cast)
    name = cast.machines[0]
    cast.lose([name])
    cast.pass_time(30)
    cast.bring_back([name])
    clock.advance(timedelta(minutes=30))
    do(cast, name, "stop_sale")
    clock.advance(timedelta(hours=1))
    alarm(cast, name, "leak", raised=True)
    clock.advance(timedelta(hours=1))
    do(cast, name, "resume_sale")
    clock.advance(timedelta(hours=1))
    alarm(cast, name, "leak", raised=False)
    clock.advance(timedelta(hours=1))

    found = seconds(cast, name, 5)

    assert found.pop(Part.STOPPED) == 2 * 3600
    assert found.pop(Part.FAULT) == 3600
    assert 30 * 60 <= found.pop(Part.DARK) <= 31 * 60
    assert set(found) == {Part.AVAILABLE}


@pytest.mark.req("C39")
def test_only_what_was_announced_in_time_is_excused(cast: Cast) -> None:
    settled(cast)
    name = cast.machines[0]
    cast.plan(0, 6)
    cast.plan(24, 30)
    for hours in (0, 24):
        clock.advance(timedelta(hours=hours))
        alarm(cast, name, "inlet_lost", raised=True)
        clock.advance(timedelta(hours=6))
        alarm(cast, name, "inlet_lost", raised=False)
        clock.advance(timedelta(hours=-6))
    clock.advance(timedelta(hours=6))

    found = seconds(cast, name, 30)

    assert found[Part.PLANNED] == 6 * 3600
    assert found[Part.SUPPLY] == 6 * 3600


def test_holidays_count_for_nobody_from_when_they_were_announced(cast: Cast) -> None:
    settled(cast)
    now = clock.now()
    closures.announce(
        cast.uow,
        tenant_id="demo",
        site_id=cast.site.site_id,
        kind=ClosureKind.HOLIDAY,
        span=closures.Span(now - timedelta(hours=5), now + timedelta(hours=2), "寒假"),
        actor="wu",
    )
    clock.advance(timedelta(hours=3))

    assert seconds(cast, cast.machines[0], 8)[Part.CLOSED] == 2 * 3600
    assert Part.CLOSED not in seconds(cast, cast.elsewhere[0][0], 8)


@pytest.mark.req("C57")
def test_standstills_are_what_the_operator_answers_for(cast: Cast) -> None:
    settled(cast)
    dark, leaking, without_power = cast.machines[:3]
    began = clock.now()
    cast.lose([dark])
    for name, code in ((leaking, "leak"), (without_power, "leak"), (without_power, "mains_lost")):
        alarm(cast, name, code, raised=True)
    clock.advance(timedelta(hours=5))

    found = outages.uptime.standstills(
        cast.uow,
        tenant_id="demo",
        site_ids=[cast.site.site_id],
        since=began - timedelta(days=1),
        until=clock.now(),
    )

    whole = Span(began, clock.now())
    assert [(one.device_id, one.stretch, one.counted_s) for one in found] == [
        (leaking, whole, whole.lasted_s),
        (without_power, whole, 0),
    ]


@pytest.mark.req("C57", "U28")
def test_a_machine_does_not_stand_still_while_its_house_is_closed(cast: Cast) -> None:
    settled(cast)
    began, name = clock.now(), cast.machines[0]
    whole = closures.announce(
        cast.uow,
        tenant_id="demo",
        site_id=cast.site.site_id,
        kind=ClosureKind.HOLIDAY,
        span=closures.Span(began + timedelta(hours=1), began + timedelta(hours=4), "寒假"),
        actor="wu",
    )
    alarm(cast, name, "leak", raised=True)
    clock.advance(timedelta(hours=5))

    def counted_h() -> list[float]:
        found = outages.uptime.standstills(
            cast.uow,
            tenant_id="demo",
            site_ids=[cast.site.site_id],
            since=began - timedelta(days=1),
            until=clock.now(),
        )
        assert [one.stretch for one in found] == [Span(began, clock.now())]
        return [one.counted_s / 3600 for one in found]

    assert counted_h() == [2]
    assert seconds(cast, name, 5)[Part.FAULT] == 2 * 3600
    closures.withdraw(cast.uow, tenant_id="demo", closure_id=whole.closure_id, actor="wu")
    assert counted_h() == [5]


def test_hours_in_which_nobody_may_come_in_are_closed(cast: Cast) -> None:
    settled(cast)
    calendar.publish(
        cast.uow,
        tenant_id="demo",
        code=calendar.WATER,
        document={"week": {day: ["06:00-22:00 day"] for day in ("mon", "tue", "wed")}},
        actor="he",
        reason="教学楼",
    )
    clock.advance(timedelta(hours=24))

    assert seconds(cast, cast.machines[0], 24)[Part.CLOSED] == 8 * 3600


def test_a_machine_is_in_service_until_its_key_is_revoked(cast: Cast) -> None:
    settled(cast)
    gone, left = cast.machines[:2]
    clock.advance(timedelta(hours=2))
    credentials.revoke(cast.uow, tenant_id="demo", device_id=gone, actor="he", reason="已拆除")
    clock.advance(timedelta(hours=3))
    within = Span(clock.now() - timedelta(hours=5), clock.now())

    found = outages.uptime.of_machines(cast.uow, scope=Scope("demo"), within=within)
    served_s = {one.device.device_id: one.account.whole_s for one in found}

    assert (served_s[gone], served_s[left]) == (2 * 3600, 5 * 3600)
    after = Span(clock.now() - timedelta(hours=2), clock.now())
    found = outages.uptime.of_machines(cast.uow, scope=Scope("demo"), within=after)
    assert gone not in {one.device.device_id for one in found}

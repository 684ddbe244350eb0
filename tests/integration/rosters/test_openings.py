"""Before students come back, machines that stood still let the old water out."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tapline import clock, devices
from tapline.devices import commands
from tapline.devices.commands import CommandState
from tapline.errors import ConflictError, InvalidError
from tapline.rosters import openings, schools
from tapline.rosters.openings import FlushView
from tapline.rosters.schools import PeriodKind
from tapline.sites import closures
from tapline.sites.closures import ClosureKind, Span
from tests.integration.rosters.school import House

TERM = (date(2026, 9, 1), date(2027, 1, 20))


def at(month: int, day: int, hour: int = 2) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def views(house: House) -> dict[str, FlushView]:
    found = openings.listed(house.uow, tenant_id="demo")
    return {one.flush.device_id: one for one in found}


def answers(house: House, device_id: str, state: CommandState) -> None:
    commands.answer(
        house.uow,
        device_id=device_id,
        command_id=views(house)[device_id].flush.command_id,
        state=state,
        rc=0,
        out={},
    )


@pytest.mark.req("U6", "U39")
def test_a_machine_that_stood_still_is_flushed_before_the_term_and_stays_listed_until_it_is(
    house: House,
) -> None:
    house.period(PeriodKind.TERM, *TERM)
    with clock.frozen(at(8, 29)):
        house.pours("B")
        house.prepares()
        assert views(house) == {}
    with clock.frozen(at(8, 30)):
        house.prepares()
        house.prepares()
        assert list(views(house)) == ["A"]  # B poured yesterday
        assert len(commands.open_commands(house.uow, device_id="A", op="flush")) == 1
        answers(house, "A", CommandState.FAILED)
        assert not views(house)["A"].is_done
        house.prepares()
        assert len(commands.open_commands(house.uow, device_id="A", op="flush")) == 1
        answers(house, "A", CommandState.DONE)
        house.prepares()
        assert views(house)["A"].is_done
        assert commands.open_commands(house.uow, device_id="A", op="flush") == []


def test_a_machine_without_a_line_is_asked_again_and_a_person_may_say_that_it_is_done(
    house: House,
) -> None:
    house.period(PeriodKind.TERM, *TERM)
    house.period(PeriodKind.HOLIDAY, date(2026, 10, 1), date(2026, 10, 7))
    with clock.frozen(at(10, 6)):
        house.prepares()
        first = views(house)["A"].flush.command_id
    with clock.frozen(at(10, 6, 9)):
        house.prepares()
        flush = views(house)["A"].flush
        assert flush.command_id != first
        assert flush.opens_on == date(2026, 10, 8)
        of_flush: dict[str, Any] = {
            "tenant_id": "demo",
            "device_id": "A",
            "opens_on": flush.opens_on,
        }
        with pytest.raises(InvalidError, match="say what was done"):
            openings.acknowledge(house.uow, **of_flush, actor="agent", words=" ")
        openings.acknowledge(house.uow, **of_flush, actor="agent", words="现场放水 5 分钟")
        assert views(house)["A"].is_done


def test_students_are_away_outside_of_terms_and_in_holidays(house: House) -> None:
    house.period(PeriodKind.TERM, *TERM)
    house.period(PeriodKind.HOLIDAY, date(2026, 10, 1), date(2026, 10, 7))

    def away(day: date) -> bool:
        return house.site.site_id in schools.students_away(
            house.uow, tenant_id="demo", site_ids=[house.site.site_id], day=day
        )

    assert [away(date(2026, month, day)) for month, day in ((8, 31), (9, 1), (10, 1), (10, 8))] == [
        True,
        False,
        True,
        False,
    ]
    with pytest.raises(ConflictError, match="some of these days"):
        house.period(PeriodKind.TERM, date(2027, 1, 20), date(2027, 6, 30))
    with pytest.raises(InvalidError, match="no period"):
        house.period(PeriodKind.TERM, date(2027, 6, 30), date(2027, 3, 1))


def on_line(house: House, device_id: str) -> None:
    device = devices.get(house.uow, tenant_id="demo", device_id=device_id, lock=True)
    devices.mark_presence(house.uow, device=device, state=devices.Presence.ONLINE, boot=1, conn=1)


def did(house: House, op: str) -> bool:
    """Machine A does what it was told last of this kind; whether it was told at all."""
    (*_, command) = commands.open_commands(house.uow, device_id="A", op=op) or (None,)
    if command is not None:
        commands.answer(
            house.uow,
            device_id="A",
            command_id=command.command_id,
            state=CommandState.DONE,
            rc=0,
            out={},
        )
    return command is not None


@pytest.mark.req("U39")
def test_a_site_that_was_closed_sells_only_when_its_machines_were_flushed(house: House) -> None:
    with clock.frozen(at(7, 1)):
        closure = closures.announce(
            house.uow,
            tenant_id="demo",
            site_id=house.site.site_id,
            kind=ClosureKind.CLOSED,
            span=Span(at(7, 2), at(7, 20), "宿舍楼大修"),
            actor="agent",
        )
        house.prepares()
        assert views(house) == {}
    with clock.frozen(at(7, 19)):
        house.prepares()
        assert did(house, "stop_sale")
        assert not commands.sells(house.uow, device_id="A")
        house.prepares()
        assert not did(house, "resume_sale"), "not flushed yet"
        assert did(house, "flush")
        house.prepares()
        house.prepares()
        assert did(house, "resume_sale")
        assert commands.sells(house.uow, device_id="A")
        assert not did(house, "resume_sale")
        closures.change(
            house.uow,
            tenant_id="demo",
            closure_id=closure.closure_id,
            ends_at=at(7, 30),
            actor="agent",
        )
        house.prepares()
        assert not did(house, "flush"), "it opens later: too early to flush again"


@pytest.mark.req("U39")
def test_a_machine_that_somebody_stopped_stays_stopped_after_its_flush(house: House) -> None:
    house.period(PeriodKind.TERM, *TERM)
    with clock.frozen(at(8, 30)):
        commands.queue(
            house.uow,
            tenant_id="demo",
            device_id="A",
            op="stop_sale",
            args={},
            reason="UV",
            ttl_s=3600,
        )
        assert did(house, "stop_sale")
        house.prepares()
        assert not did(house, "stop_sale")
        assert did(house, "flush")
        house.prepares()
        assert not did(house, "resume_sale")


@pytest.mark.req("U39")
def test_water_that_stood_in_a_machine_is_let_out_by_night_once_and_not_while_it_is_closed(
    house: House,
) -> None:
    with clock.frozen(at(7, 1)):
        house.pours("B")
    with clock.frozen(at(7, 1, 20)):  # four in the morning here
        on_line(house, "A")
        on_line(house, "B")
        assert by_night(house) == 1
        assert did(house, "flush")
        assert by_night(house) == 0
    with clock.frozen(at(7, 2, 4)):
        assert by_night(house) == 0, "by day nobody's feet get wet"
    with clock.frozen(at(7, 2, 20)):
        closures.announce(
            house.uow,
            tenant_id="demo",
            site_id=house.site.site_id,
            device_id="B",
            kind=ClosureKind.POWER_OFF,
            span=Span(at(7, 2), at(7, 9), "三号楼停电检修"),
            actor="agent",
        )
        assert by_night(house) == 1, "A again; B is switched off, and that is known"


def by_night(house: House) -> int:
    return openings.flush_by_night(house.uow, tenant_id="demo")


def test_a_school_year_is_the_calendar_of_its_sites(house: House) -> None:
    house.period(PeriodKind.TERM, *TERM)
    house.period(PeriodKind.HOLIDAY, date(2026, 10, 1), date(2026, 10, 7))
    house.period(PeriodKind.TERM, date(2027, 2, 20), date(2027, 6, 30))

    def closed(month: int, day: int, year: int = 2026) -> bool:
        moment = datetime(year, month, day, 4, tzinfo=UTC)
        found = closures.closed(house.uow, tenant_id="demo", site_id=house.site.site_id, at=moment)
        return found is not None

    days = [(8, 31), (9, 1), (10, 1), (10, 7), (10, 8)]
    assert [closed(*day) for day in days] == [True, False, True, True, False]
    assert [closed(*day, 2027) for day in [(1, 20), (1, 21), (2, 19), (2, 20), (7, 1)]] == [
        False,
        True,
        True,
        False,
        True,
    ]
    (holiday,) = closures.listed(house.uow, tenant_id="demo", since=at(10, 2), until=at(10, 2))
    with pytest.raises(ConflictError, match="calendar of a school"):
        closures.withdraw(house.uow, tenant_id="demo", closure_id=holiday.closure_id, actor="agent")

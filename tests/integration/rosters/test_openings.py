"""Before students come back, machines that stood still let the old water out."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tapline import clock
from tapline.devices import commands
from tapline.devices.commands import CommandState
from tapline.errors import ConflictError, InvalidError
from tapline.rosters import openings, schools
from tapline.rosters.openings import FlushView
from tapline.rosters.schools import PeriodKind
from tests.integration.rosters.school import House

TERM = (date(2026, 9, 1), date(2027, 1, 20))


def at(month: int, day: int, hour: int = 2) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def views(house: House) -> dict[str, FlushView]:
    found = openings.listed(house.uow, tenant_id="demo", school_id=house.school_id)
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

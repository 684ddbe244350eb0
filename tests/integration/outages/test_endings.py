"""Outages end when most machines are back; who is still away is then a lost machine like any."""

from datetime import timedelta

import pytest

from tapline import clock, outages
from tapline.tickets import Outcome, TicketState, sentences
from tests.integration.outages.cast import Cast

MANAGER = "13600000001"


@pytest.mark.req("C39")
def test_when_most_are_back_for_some_minutes_the_outage_is_over_and_who_is_away_has_his_own_case(
    cast: Cast,
) -> None:
    cast.lose(cast.machines)
    cast.pass_time(40)
    cast.bring_back(cast.machines[:10], reason="power")
    returned = clock.now()
    cast.pass_time(9)
    assert [one.ended_at for one in cast.incidents()] == [None]
    cast.pass_time(4)

    (incident,) = cast.incidents()
    (case,) = cast.tickets("site_dark")
    assert (incident.ended_at, incident.machines, incident.machines_most) == (returned, 2, 12)
    assert (case.state, case.outcome) == (TicketState.CLOSED, Outcome.FIXED)
    assert "2 台仍失联" in sentences.headline(case, "zh_CN")
    singles = cast.tickets("machine_dark")
    assert [one.device_id for one in singles] == cast.machines[10:]
    assert len(cast.texts(MANAGER)) == 1

    cast.pass_time(60)
    assert len(cast.tickets("machine_dark")) == 2, "once"
    cast.bring_back(cast.machines[10:])
    cast.pass_time(1)
    assert {one.outcome for one in singles} == {Outcome.FIXED}


def test_machines_that_come_and_go_keep_one_outage_open_and_nobody_is_told_again(
    cast: Cast,
) -> None:
    cast.lose(cast.machines)
    cast.pass_time(5)
    for _ in range(2):
        cast.bring_back(cast.machines[:9])
        cast.pass_time(3)
        cast.lose(cast.machines[:9])
        cast.pass_time(5)

    (incident,) = cast.incidents()
    assert (incident.ended_at, incident.machines) == (None, 12)
    assert len(cast.tickets("site_dark")) == 1
    assert cast.tickets("machine_dark") == []
    assert len(cast.texts(MANAGER)) == 1


def test_a_site_that_is_back_and_gone_again_at_once_is_not_told_to_its_manager_again(
    cast: Cast,
) -> None:
    for _ in range(2):
        cast.lose(cast.machines)
        cast.pass_time(5)
        cast.bring_back(cast.machines)
        cast.pass_time(4)
    assert [one.machines for one in cast.incidents()] == [0, 0]
    assert len(cast.texts(MANAGER)) == 1

    cast.pass_time(30)
    cast.lose(cast.machines)
    cast.pass_time(5)
    assert len(cast.texts(MANAGER)) == 2, "another day's outage is"


def test_a_machine_that_was_told_of_before_the_outage_is_told_of_again_after_it(
    cast: Cast,
) -> None:
    cast.lose(cast.machines[:5])
    cast.pass_time(31)
    early = cast.darknesses()[0].began_at
    cast.lose(cast.machines[5:6], heard_at=early)
    cast.pass_time(4)
    assert {one.outcome for one in cast.tickets("machine_dark")} == {Outcome.DUPLICATE}
    cast.bring_back(cast.machines[1:6])
    cast.pass_time(11)
    cast.pass_time(1)

    still = [one for one in cast.tickets("machine_dark") if one.state is not TicketState.CLOSED]
    assert [one.device_id for one in still] == cast.machines[:1]
    (alone,) = outages.incidents.alone(cast.uow, tenant_id="demo")
    assert alone.began_at == early


def test_a_site_that_stays_dark_after_an_outage_of_ours_is_an_outage_of_its_own(
    cast: Cast,
) -> None:
    cast.lose(cast.everything)
    cast.pass_time(60)
    stays = cast.elsewhere[0]
    cast.bring_back(one for one in cast.everything if one not in stays)
    cast.pass_time(11)
    cast.pass_time(2)

    ours, its = cast.incidents()
    assert ours.ended_at == clock.now() - timedelta(minutes=13)
    assert (its.site_id, its.machines) == (cast.others[0].site_id, 4)
    assert cast.tickets("machine_dark") == []

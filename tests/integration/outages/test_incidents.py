"""Machines that go dark: when that is said, what belongs together, and who hears of it."""

from datetime import timedelta

import pytest

from tapline import clock, outages, tickets
from tapline.errors import ConflictError
from tapline.outages import Cause, IncidentKind, Return
from tapline.people import Scope
from tapline.tickets import Outcome, TicketState
from tests.integration.outages.cast import Cast


def test_a_machine_that_is_back_within_the_time_was_never_dark(cast: Cast) -> None:
    cast.lose(cast.machines[:1])
    cast.pass_time(2.5)
    cast.bring_back(cast.machines[:1])
    cast.pass_time(5)

    assert cast.darknesses() == []


def test_darkness_reaches_from_the_last_word_to_the_first(cast: Cast) -> None:
    name = cast.machines[0]
    heard = outages.Span(clock.now() - timedelta(seconds=60), clock.now())
    cast.lose([name])
    cast.pass_time(7)
    (dark,) = cast.darknesses()
    assert heard.start <= dark.began_at <= heard.end
    assert dark.ended_at is None

    cast.bring_back([name], reason="power")
    cast.pass_time(1)

    (dark,) = cast.darknesses()
    assert (dark.ended_at, dark.returned) == (clock.now() - timedelta(minutes=1), Return.POWER)


def test_what_no_worker_saw_is_noted_when_the_machine_is_back(cast: Cast) -> None:
    cast.watched = False
    cast.lose(cast.machines[:1])
    cast.pass_time(20)
    cast.bring_back(cast.machines[:1])
    cast.watched = True
    cast.pass_time(1)

    (dark,) = cast.darknesses()
    assert dark.ended_at is not None
    assert 20 * 60 <= (dark.ended_at - dark.began_at).total_seconds() <= 21 * 60
    assert dark.returned is Return.LINE


def test_looking_twice_finds_nothing_new(cast: Cast) -> None:
    cast.lose(cast.machines)
    cast.pass_time(5)
    before = [(one.darkness_id, one.incident_id) for one in cast.darknesses()]
    for _ in range(3):
        cast.look()

    assert [(one.darkness_id, one.incident_id) for one in cast.darknesses()] == before
    assert len(cast.incidents()) == 1
    assert len(cast.tickets("site_dark")) == 1


@pytest.mark.req("C39")
def test_a_site_that_is_cut_off_is_one_incident_one_case_and_one_word_to_its_manager(
    cast: Cast,
) -> None:
    cast.lose(cast.machines[:8])
    cast.pass_time(4)
    cast.lose(cast.machines[8:])
    cast.pass_time(40)

    (incident,) = cast.incidents()
    assert (incident.kind, incident.site_id) == (IncidentKind.SITE, cast.site.site_id)
    assert (incident.machines, incident.machines_most, incident.machines_all) == (12, 12, 12)
    (case,) = cast.tickets("site_dark")
    assert (case.site_id, case.facts["machines"]) == (cast.site.site_id, 12)
    assert cast.tickets("machine_dark") == []
    (text,) = cast.texts("13600000001")
    assert "8/12" in text

    cast.bring_back(cast.machines[:11], reason="power")
    cast.pass_time(1)
    assert (incident.machines, incident.cause, incident.ended_at) == (1, Cause.POWER, None)
    cast.bring_back(cast.machines[11:], reason="power")
    cast.pass_time(1)
    assert incident.ended_at == clock.now() - timedelta(minutes=1)
    assert (case.state, case.outcome) == (TicketState.CLOSED, Outcome.FIXED)
    assert len(cast.texts("13600000001")) == 1


def test_machines_that_ran_on_lost_their_line_and_not_their_power(cast: Cast) -> None:
    cast.lose(cast.machines)
    cast.pass_time(10)
    cast.bring_back(cast.machines)
    cast.pass_time(1)

    assert [one.cause for one in cast.incidents()] == [Cause.LINE]


def test_a_machine_dark_on_its_own_is_one_case_and_that_ends_when_it_is_back(cast: Cast) -> None:
    cast.lose(cast.machines[:1])
    cast.pass_time(29)
    assert cast.tickets("machine_dark") == []
    cast.pass_time(40)
    (case,) = cast.tickets("machine_dark")
    assert case.device_id == cast.machines[0]
    assert cast.incidents() == []

    cast.bring_back(cast.machines[:1])
    cast.pass_time(1)

    assert (case.state, case.outcome) == (TicketState.CLOSED, Outcome.FIXED)


def test_a_case_that_somebody_works_on_learns_that_the_machine_is_back_and_stays_his(
    cast: Cast,
) -> None:
    cast.lose(cast.machines[:1])
    cast.pass_time(31)
    (case,) = cast.tickets("machine_dark")
    tickets.take(
        cast.uow, tenant_id="demo", ticket_id=case.ticket_id, staff=cast.he, version=case.version
    )
    cast.bring_back(cast.machines[:1])
    cast.pass_time(1)

    told = tickets.timeline(cast.uow, tenant_id="demo", ticket_id=case.ticket_id)
    assert case.state is TicketState.TAKEN
    assert told[-1].kind is tickets.EntryKind.BACK


def test_cases_of_single_machines_are_gathered_under_the_outage(cast: Cast) -> None:
    cast.lose(cast.machines[:5])
    cast.pass_time(31)
    assert len(cast.tickets("machine_dark")) == 5
    # The sixth was gone as early, and its will comes late: now they are half of the site.
    cast.lose(cast.machines[5:6], heard_at=cast.darknesses()[0].began_at)
    cast.pass_time(4)

    (incident,) = cast.incidents()
    assert incident.machines == 6
    singles = cast.tickets("machine_dark")
    assert {one.outcome for one in singles} == {Outcome.DUPLICATE}
    (case,) = cast.tickets("site_dark")
    assert {one.facts["part_of"] for one in singles} == {case.number}


@pytest.mark.req("C39")
def test_a_restart_of_the_broker_darkens_nobody(cast: Cast) -> None:
    cast.lose(cast.everything)
    cast.is_listening = False
    cast.pass_time(1)
    cast.is_listening = True
    cast.pass_time(8)
    cast.bring_back(cast.everything)
    cast.pass_time(30)

    assert cast.darknesses() == []
    assert cast.incidents() == []
    assert cast.texts("13600000001") == []


def test_an_outage_of_ours_is_one_incident_and_says_nothing_of_machines(cast: Cast) -> None:
    cast.is_listening = False
    cast.pass_time(60)
    (incident,) = cast.incidents()
    assert (incident.kind, incident.cause, incident.machines) == (
        IncidentKind.OURS,
        Cause.OURS,
        0,
    )
    assert len(cast.tickets("platform_dark")) == 1
    assert cast.darknesses() == []

    cast.is_listening = True
    cast.pass_time(30)

    assert incident.ended_at is not None
    assert len(cast.incidents()) == 1
    assert cast.texts("13600000001") == []


def test_who_was_away_himself_accuses_nobody(cast: Cast) -> None:
    """The whole installation stood still; its worker is there before its gateway."""
    cast.is_listening = cast.watched = False
    cast.pass_time(60)
    cast.watched = True
    cast.pass_time(1)
    cast.is_listening = True
    cast.pass_time(5)

    assert cast.incidents() == []


def test_machines_of_many_sites_at_once_are_one_incident_of_ours(cast: Cast) -> None:
    cast.lose(cast.everything)
    cast.pass_time(60)

    (incident,) = cast.incidents()
    assert (incident.kind, incident.machines) == (IncidentKind.OURS, 24)
    assert len(cast.tickets("platform_dark")) == 1
    assert cast.tickets("site_dark") == cast.tickets("machine_dark") == []


def test_a_site_s_outage_turns_out_to_be_part_of_a_wider_one(cast: Cast) -> None:
    cast.lose(cast.machines)
    cast.pass_time(5)
    cast.lose(cast.everything[12:])
    cast.pass_time(5)

    first, wider = cast.incidents()
    assert first.absorbed_by == wider.incident_id
    assert (wider.kind, wider.machines) == (IncidentKind.OURS, 24)
    (case,) = cast.tickets("site_dark")
    assert case.outcome is Outcome.DUPLICATE


@pytest.mark.req("C39", "H303")
def test_residents_are_told_of_an_outage_in_words_that_were_ready(cast: Cast) -> None:
    cast.lose(cast.machines)
    cast.pass_time(5)
    (incident,) = cast.incidents()
    words = outages.incidents.proposed(incident, cast.site.name)
    assert "0 号小区 12 台" in words

    def announce() -> None:
        outages.incidents.announce(
            cast.uow,
            scope=cast.scope,
            staff=cast.wu,
            incident_id=incident.incident_id,
            words=words,
        )

    announce()
    with pytest.raises(ConflictError):
        announce()
    (note,) = outages.notes(cast.uow, tenant_id="demo", site_ids=[cast.site.site_id])
    assert (note.words, note.is_planned, note.ends_at) == (words, False, None)
    assert "暂停服务" in outages.spoken([note])
    assert outages.incidents.listed(cast.uow, scope=Scope("demo", frozenset())) == []

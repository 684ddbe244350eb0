"""One case per problem, one owner at any time, and nothing lost between colleagues."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from tapline import audit, clock, people, policy, tickets
from tapline.cards.facts import FactIn, ingest
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.tickets import About, EntryKind, Outcome, Source, Ticket, TicketState
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.consequences import drain

CARD = "88001234"


@pytest.fixture
def desk(uow: UnitOfWork) -> UnitOfWork:
    prepare(uow)
    return uow


def prepare(uow: UnitOfWork) -> None:
    """A tenant whose second charge without water of a machine in a day opens a ticket."""
    factories.tenant(uow)
    policy.publish(
        uow,
        tenant_id="demo",
        changes={"device_ticket_findings": 2, "automatic_per_card_30d_max": 99},
        actor="test",
        reason="show soon",
    )
    for device_id in ("A", "B"):
        factories.device(uow, device_id)
    factories.card(uow, CARD, 20_000)


def dry(seq: int, device: str = "A") -> FactIn:
    return factories.fact(
        device,
        seq,
        CARD,
        atc=seq,
        before_fen=20_100 - 100 * seq,
        ml=0,
        pulses=0,
        status="no_flow",
        moment=None,
    )


def arrive(uow: UnitOfWork, *facts: FactIn) -> None:
    ingest(uow, tenant_id="demo", facts=facts)
    drain(uow)


def agent(uow: UnitOfWork, login: str = "wang", name: str = "王芳") -> people.Staff:
    role = people.Role.AGENT
    return people.create_staff(uow, tenant_id="demo", login=login, name=name, role=role)[0]


def only(uow: UnitOfWork) -> Ticket:
    (ticket,) = tickets.listed(uow, tenant_id="demo")
    return ticket


def reported(uow: UnitOfWork, subject: str = "card:1") -> Ticket:
    return tickets.report(
        uow,
        tenant_id="demo",
        category="fault",
        subject=subject,
        about=About(source=Source.PORTAL, card_no=CARD),
        actor="customer",
        words="不出水",
    )


def kinds(uow: UnitOfWork, ticket: Ticket) -> list[EntryKind]:
    entries = tickets.timeline(uow, tenant_id="demo", ticket_id=ticket.ticket_id)
    return [entry.kind for entry in entries]


def test_a_machine_that_charges_twice_without_water_is_one_case(desk: UnitOfWork) -> None:
    arrive(desk, dry(1))
    assert not tickets.listed(desk, tenant_id="demo")
    arrive(desk, dry(2))
    arrive(desk, dry(3))
    ticket = only(desk)
    assert (ticket.device_id, ticket.facts["count"]) == ("A", 3)
    assert kinds(desk, ticket) == [EntryKind.OPENED, *[EntryKind.FINDING] * 3]


def test_each_machine_is_its_own_case(desk: UnitOfWork) -> None:
    arrive(desk, dry(1), dry(2), dry(3, "B"))
    arrive(desk, dry(4, "B"))
    found = tickets.listed(desk, tenant_id="demo")
    assert {ticket.device_id for ticket in found} == {"A", "B"}


def test_findings_of_another_day_do_not_add_up(desk: UnitOfWork) -> None:
    with clock.frozen(factories.START):
        arrive(desk, dry(1))
    with clock.frozen(factories.START + timedelta(hours=25)):
        arrive(desk, dry(2))
    assert not tickets.listed(desk, tenant_id="demo")


def test_what_a_closed_case_dealt_with_does_not_open_the_next(desk: UnitOfWork) -> None:
    arrive(desk, dry(1), dry(2))
    first = only(desk)
    tickets.close(
        desk,
        tenant_id="demo",
        ticket_id=first.ticket_id,
        staff=agent(desk),
        version=first.version,
        outcome=Outcome.FIXED,
    )
    arrive(desk, dry(3))
    assert not tickets.listed(desk, tenant_id="demo")
    arrive(desk, dry(4))
    assert only(desk).facts["count"] == 2


def test_told_of_a_finding_again_nothing_changes(desk: UnitOfWork) -> None:
    arrive(desk, dry(1), dry(2))
    ticket = only(desk)
    version, finding = (
        ticket.version,
        tickets.timeline(desk, tenant_id="demo", ticket_id=ticket.ticket_id)[1],
    )
    assert finding.finding_id is not None
    tickets.on_finding(desk, tenant_id="demo", finding_id=finding.finding_id)
    assert only(desk).version == version


@pytest.mark.req("C24", "H194")
def test_a_case_has_one_owner_and_a_full_story(desk: UnitOfWork) -> None:
    ticket, staff = reported(desk), agent(desk)
    at: dict[str, Any] = {"tenant_id": "demo", "ticket_id": ticket.ticket_id, "staff": staff}
    tickets.take(desk, **at, version=ticket.version)
    assert (ticket.state, ticket.owner_id) == (TicketState.TAKEN, staff.staff_id)
    tickets.comment(desk, **at, body="已联系维修")
    tickets.close(desk, **at, version=ticket.version, outcome=Outcome.FIXED, body="换了水阀")
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.FIXED)
    tickets.reopen(desk, **at, version=ticket.version)
    assert (ticket.state, ticket.outcome, ticket.closed_at) == (TicketState.TAKEN, None, None)
    assert kinds(desk, ticket) == [
        EntryKind.OPENED,
        EntryKind.COMMENT,
        EntryKind.TAKEN,
        EntryKind.COMMENT,
        EntryKind.CLOSED,
        EntryKind.REOPENED,
    ]
    acts = audit.about(desk, tenant_id="demo", subject=f"ticket:{ticket.ticket_id}")
    assert {act.actor for act in acts} == {"wang"}
    assert len(acts) == 4


def test_who_saves_what_a_colleague_changed_meanwhile_is_told_who(desk: UnitOfWork) -> None:
    ticket = reported(desk)
    seen = ticket.version
    tickets.take(
        desk, tenant_id="demo", ticket_id=ticket.ticket_id, staff=agent(desk), version=seen
    )
    late = agent(desk, "zhao", "赵强")
    with pytest.raises(ConflictError, match="王芳"):
        tickets.close(
            desk,
            tenant_id="demo",
            ticket_id=ticket.ticket_id,
            staff=late,
            version=seen,
            outcome=Outcome.FIXED,
        )
    assert ticket.state is TicketState.TAKEN


def test_a_case_that_goes_on_elsewhere_is_not_reopened(desk: UnitOfWork) -> None:
    first, staff = reported(desk), agent(desk)
    at: dict[str, Any] = {"tenant_id": "demo", "ticket_id": first.ticket_id, "staff": staff}
    tickets.close(desk, **at, version=first.version, outcome=Outcome.NO_FAULT_FOUND)
    second = reported(desk)
    assert second.ticket_id != first.ticket_id
    with pytest.raises(ConflictError, match=second.number):
        tickets.reopen(desk, **at, version=first.version)


def test_a_second_report_joins_the_open_case(desk: UnitOfWork) -> None:
    first, second = reported(desk), reported(desk)
    assert first.ticket_id == second.ticket_id
    assert kinds(desk, first) == [EntryKind.OPENED, EntryKind.COMMENT, EntryKind.COMMENT]


def test_an_empty_comment_is_refused(desk: UnitOfWork) -> None:
    with pytest.raises(InvalidError):
        tickets.comment(
            desk,
            tenant_id="demo",
            ticket_id=reported(desk).ticket_id,
            staff=agent(desk),
            body="  ",
        )


def test_another_tenant_sees_and_changes_nothing(desk: UnitOfWork) -> None:
    factories.tenant(desk, "other")
    ticket, staff = reported(desk), agent(desk)
    assert not tickets.listed(desk, tenant_id="other")
    with pytest.raises(NotFoundError):
        tickets.timeline(desk, tenant_id="other", ticket_id=ticket.ticket_id)
    with pytest.raises(NotFoundError):
        tickets.take(
            desk,
            tenant_id="other",
            ticket_id=ticket.ticket_id,
            staff=staff,
            version=ticket.version,
        )


def test_numbers_of_a_day_have_no_gaps_and_no_doubles_however_many_write(
    fresh_database: Database,
) -> None:
    with clock.frozen(factories.START):
        with fresh_database.transaction() as uow:
            prepare(uow)

        def work(name: int) -> None:
            for step in range(5):
                with fresh_database.transaction() as uow:
                    reported(uow, f"card:{name}:{step}")

        workers = [threading.Thread(target=work, args=(name,)) for name in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        with fresh_database.transaction() as uow:
            numbers = {ticket.number for ticket in tickets.listed(uow, tenant_id="demo")}
    assert numbers == {f"T261121{count:04d}" for count in range(1, 21)}


def test_two_workers_with_the_same_news_open_one_case(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        prepare(uow)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with fresh_database.transaction() as uow:
                reported(uow)
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    with fresh_database.transaction() as uow:
        assert len(kinds(uow, only(uow))) == 5

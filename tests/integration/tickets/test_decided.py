"""A person decides what a finding is, and the case that asked for him ends with his words."""

import pytest

from tapline import devices, partners, reconciliation, tickets
from tapline.people import Scope
from tapline.tickets import About, EntryKind, Outcome, Source, Ticket, TicketState
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.reconciliation.deciding import CARD, Desk


@pytest.fixture
def desk(uow: UnitOfWork) -> Desk:
    """Record 2 of machine A says 1.00 yuan, and 9.00."""
    desk = Desk(uow)
    disputed(desk, 2)
    return desk


def disputed(desk: Desk, seq: int) -> None:
    """Two contents under one number."""
    desk.arrives(
        desk.pour(seq, seq, 50_000, status="aborted"), desk.pour(seq, seq, 50_000, amt_fen=900)
    )


def case(desk: Desk, category: str = "number_reused") -> Ticket:
    """The newest of its kind, as it is stored."""
    desk.uow.session.flush()
    desk.uow.session.expire_all()
    found = tickets.listed(desk.uow, tenant_id="demo", states=tuple(TicketState))
    return max(
        (one for one in found if one.category == category),
        key=lambda one: (one.opened_at, one.number),
    )


def steps(desk: Desk, ticket: Ticket) -> list[tuple[EntryKind, str, str]]:
    told = tickets.timeline(desk.uow, tenant_id="demo", ticket_id=ticket.ticket_id)
    return [(one.kind, one.actor, one.body) for one in told]


def test_the_case_of_a_decided_finding_ends_with_the_decision(desk: Desk) -> None:
    assert case(desk).state is TicketState.OPEN

    desk.decides("D05", desk.named("D05", 900))

    ended = case(desk)
    assert (ended.state, ended.outcome) == (TicketState.CLOSED, Outcome.FIXED)
    assert ended.owner_id == desk.staff["agent"].staff_id
    assert steps(desk, ended)[-2:] == [
        (EntryKind.DECIDED, "agent", "监控录像"),
        (EntryKind.CLOSED, "agent", "监控录像"),
    ]


def test_news_that_come_again_write_nothing_twice(desk: Desk) -> None:
    finding_id = desk.finding("D05").finding_id
    said_by_customer(desk)
    desk.decides("D05", "none")
    before = steps(desk, case(desk))

    for _ in range(2):
        tickets.on_decided(desk.uow, tenant_id="demo", finding_id=finding_id)
        tickets.on_finding(desk.uow, tenant_id="demo", finding_id=finding_id)

    assert steps(desk, case(desk)) == before
    assert [kind for kind, *_ in before].count(EntryKind.DECIDED) == 1


def said_by_customer(desk: Desk) -> None:
    ticket = case(desk)
    tickets.report(
        desk.uow,
        tenant_id="demo",
        category=ticket.category,
        about=About(source=Source.PORTAL, card_no=CARD),
        actor="customer:1",
        words="我只打了一杯",
        subject=ticket.subject,
    )


def test_somebody_elses_words_keep_it_open_and_it_says_what_was_decided(desk: Desk) -> None:
    said_by_customer(desk)
    desk.decides("D05", "none")

    kept = case(desk)
    assert kept.state is TicketState.OPEN
    assert steps(desk, kept)[-1] == (EntryKind.DECIDED, "agent", "监控录像")


def test_it_waits_for_the_last_of_its_findings(desk: Desk) -> None:
    first = desk.finding("D05")
    disputed(desk, 5)
    desk_decides(desk, first, "none")
    assert case(desk).state is TicketState.OPEN

    (second,) = (
        one
        for one in reconciliation.listed(desk.uow, tenant_id="demo", codes=["D05"])
        if one.finding_id != first.finding_id
    )
    desk_decides(desk, second, "none")
    assert case(desk).state is TicketState.CLOSED


def desk_decides(desk: Desk, finding: reconciliation.Finding, choice: str) -> None:
    reconciliation.decide(
        desk.uow,
        tenant_id="demo",
        finding_id=finding.finding_id,
        choice=choice,
        reason="监控录像",
        staff=desk.staff["agent"],
    )
    drain(desk.uow)


def test_while_a_second_person_is_asked_it_stays_open(desk: Desk) -> None:
    desk.arrives(desk.pour(2, 2, 50_000, amt_fen=20_000))
    waiting = desk.decides("D05", desk.named("D05", 20_000))
    assert case(desk).state is TicketState.OPEN

    reconciliation.confirm_decision(
        desk.uow, tenant_id="demo", decision_id=waiting.decision_id, staff=desk.staff["boss"]
    )
    drain(desk.uow)
    assert case(desk).state is TicketState.CLOSED


@pytest.mark.parametrize("undone_by", ["the desk", "another story"])
def test_a_decision_that_no_longer_counts_asks_for_somebody_again(
    desk: Desk, undone_by: str
) -> None:
    first = case(desk)
    desk.decides("D05", desk.named("D05", 900))
    if undone_by == "the desk":
        desk.decides("D05", "open")
    else:
        desk.arrives(desk.pour(2, 2, 50_000, amt_fen=500))

    again = case(desk)
    assert again.ticket_id != first.ticket_id
    assert again.state is TicketState.OPEN

    desk.decides("D05", "none")
    assert case(desk).state is TicketState.CLOSED


@pytest.mark.req("U36")
def test_while_a_side_objects_the_case_stays_open_until_that_is_decided(uow: UnitOfWork) -> None:
    desk = Desk(uow)
    site = factories.site(uow)
    devices.get(uow, tenant_id="demo", device_id="A").site_id = site.site_id
    uow.session.flush()
    disputed(desk, 2)
    finding_id = desk.finding("D05").finding_id
    partners.object_to(
        uow,
        scope=Scope("demo"),
        finding_id=finding_id,
        staff=desk.staff["agent"],
        words="厂家来电：不是固件问题",
    )
    drain(uow)

    desk.decides("D05", "none")
    assert case(desk).state is TicketState.OPEN

    partners.decide_objection(
        uow,
        tenant_id="demo",
        finding_id=finding_id,
        uphold=True,
        staff=desk.staff["boss"],
        reason="厂家有理",
    )
    drain(uow)
    assert case(desk).state is TicketState.CLOSED

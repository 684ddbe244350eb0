"""What a customer told us, and his last word on it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI

from tapline import clock, people, tickets
from tapline.people import Staff
from tapline.tickets import About, EntryKind, Outcome, Source, TicketState
from tapline.uow import Database, UnitOfWork
from tests.api.browsing import Visitor
from tests.api.shoppers import Shopper
from tests.integration.payments.provider import FakeProvider
from tests.world import OTHER_PHONE, PHONE, World


@pytest.fixture
def lan(estate: World, app: FastAPI, estate_database: Database, provider: FakeProvider) -> Shopper:
    return Shopper(app, estate_database, provider)


def _lin(uow: UnitOfWork) -> Staff:
    return next(one for one in people.staff_of(uow, tenant_id="demo") if one.login == "lin.xia")


def _told(lan: Shopper, source: Source = Source.HOTLINE) -> UUID:
    """She called about her card."""
    with lan.database.transaction() as uow:
        return tickets.report(
            uow,
            tenant_id="demo",
            category="balance_wrong",
            about=About(source=source, card_no=lan.card_no, customer_id=lan.customer.customer_id),
            actor="lin.xia",
            words="内部备注：疑似读卡器问题",
        ).ticket_id


def _closed(lan: Shopper, ticket_id: UUID) -> None:
    with lan.database.transaction() as uow:
        ticket = tickets.get(uow, tenant_id="demo", ticket_id=ticket_id)
        tickets.close(
            uow,
            tenant_id="demo",
            ticket_id=ticket_id,
            staff=_lin(uow),
            version=ticket.version,
            outcome=Outcome.FIXED,
            body="内部：换了读头",
        )


@pytest.mark.req("H124")
def test_a_call_stands_among_her_cases_without_what_the_desk_writes_to_itself(
    lan: Shopper,
) -> None:
    ticket_id = _told(lan)
    _closed(lan, ticket_id)

    assert str(ticket_id) in lan.get("/portal/cases").text
    words = lan.reads(f"/portal/cases/{ticket_id}")
    assert "余额问题" in words
    assert "已处理好" in words
    assert "内部" not in words
    assert "林夏" not in words


def test_she_says_it_is_settled_and_is_not_asked_again(lan: Shopper) -> None:
    ticket_id = _told(lan)
    assert "问题解决了吗" not in lan.reads(f"/portal/cases/{ticket_id}")
    _closed(lan, ticket_id)
    assert "问题解决了吗" in lan.reads(f"/portal/cases/{ticket_id}")

    lan.post(f"/portal/cases/{ticket_id}/answer", settled="true")

    words = lan.reads(f"/portal/cases/{ticket_id}")
    assert "您确认已解决" in words
    assert "问题解决了吗" not in words


@pytest.mark.req("C26", "H126")
def test_not_solved_it_goes_on_with_her_words(lan: Shopper) -> None:
    ticket_id = _told(lan)
    _closed(lan, ticket_id)

    wordless = lan.post(f"/portal/cases/{ticket_id}/answer", words=" ")
    assert wordless.status_code == 422
    lan.post(f"/portal/cases/{ticket_id}/answer", words="余额还是不对")

    assert "余额还是不对" in lan.reads(f"/portal/cases/{ticket_id}")
    with lan.database.transaction() as uow:
        ticket = tickets.get(uow, tenant_id="demo", ticket_id=ticket_id)
        last = tickets.timeline(uow, tenant_id="demo", ticket_id=ticket_id)[-1]
    assert ticket.state is not TicketState.CLOSED
    assert last.kind is EntryKind.REOPENED


def test_a_case_that_ended_long_ago_is_told_anew(lan: Shopper) -> None:
    with clock.frozen(clock.now() - timedelta(days=8)):
        ticket_id = _told(lan)
        _closed(lan, ticket_id)

    assert "请重新告诉我们" in lan.reads(f"/portal/cases/{ticket_id}")
    answer = lan.post(f"/portal/cases/{ticket_id}/answer", words="又坏了")
    assert answer.status_code == 409


def test_what_machines_found_about_her_card_is_no_case_of_hers(lan: Shopper) -> None:
    ticket_id = _told(lan, Source.DISCREPANCY)

    assert str(ticket_id) not in lan.get("/portal/cases").text
    assert lan.get(f"/portal/cases/{ticket_id}").status_code == 404


def test_another_customers_case_does_not_exist(
    lan: Shopper, visit: Callable[[str], Visitor]
) -> None:
    ticket_id = _told(lan)

    for stranger in (visit(PHONE), visit(OTHER_PHONE)):
        assert stranger.get(f"/portal/cases/{ticket_id}").status_code == 404
        answer = stranger.post(f"/portal/cases/{ticket_id}/answer", words="x")
        assert answer.status_code == 404

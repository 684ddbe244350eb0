"""The desk's pages: presence, what is offered, the call before the first word, and why."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tapline import cards, people
from tapline.hotline import Outcome
from tapline.people import Role
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tests import factories
from tests.api.browsing import Visitor
from tests.integration.hotline.hall import Hall, open_hall

CALLER = "13800138000"
CARD = "88005678"


class Desk:
    """A hall whose agents have browsers."""

    def __init__(self, hall: Hall, database: Database) -> None:
        self.hall = hall
        self._app = create_app(
            database, WebConfig(origin="http://testserver", requests_per_minute=1_000_000)
        )

    def sits_down(self, login: str, role: Role = Role.AGENT) -> Visitor:
        """A member of staff, signed in and not ready yet."""
        with self.hall.database.transaction() as uow:
            member, password = people.create_staff(
                uow, tenant_id="demo", login=login, name=login, role=role
            )
        self.hall.agents[login] = member
        visitor = Visitor(TestClient(self._app, follow_redirects=False))
        visitor.enter(login, password)
        return visitor


@pytest.fixture
def desk(fresh_database: Database) -> Iterator[Desk]:
    with open_hall(fresh_database) as hall:
        with fresh_database.transaction() as uow:
            customer = people.create_customer(uow, tenant_id="demo", phone=CALLER, name="王秀英")
            card = factories.card(uow, CARD, balance_fen=8_800)
            cards.assign(
                uow, tenant_id="demo", card_no=card.card_no, customer_id=customer.customer_id
            )
        yield Desk(hall, fresh_database)


def offer_in(page: Response) -> str:
    found = re.search(r"/console/offers/([^/]+)/accept", page.text)
    assert found, page.text
    return found[1]


@pytest.mark.req("H16", "H17", "U14")
def test_a_call_pops_for_the_one_agent_it_is_offered_to_and_is_over_in_two_clicks(
    desk: Desk,
) -> None:
    lin, bai = desk.sits_down("lin.xia"), desk.sits_down("bai.yu")
    lin.post("/console/presence", presence="ready")
    ref = desk.hall.call(ani=CALLER, keys="3", talk_ms=5_000)
    desk.hall.pass_time(2)
    call_id = desk.hall.call_of(ref).call_id

    strip = lin.get("/console/work?back=/console")
    assert "offers" not in bai.get("/console/work").text
    assert bai.get(f"/console/calls/{call_id}").status_code == 403

    accepted = lin.post(f"/console/offers/{offer_in(strip)}/accept")
    desk.hall.settle()
    assert accepted.headers["location"] == f"/console/calls/{call_id}"
    pop = lin.get(f"/console/calls/{call_id}").text
    assert "88.00" in pop
    assert CARD[-4:] in pop
    assert "王秀英" not in pop
    assert CALLER not in pop

    desk.hall.pass_time(6)
    said = lin.post(f"/console/calls/{call_id}/dispose", code="answered")
    desk.hall.settle()
    assert said.status_code == 303
    assert desk.hall.record(ref).outcome is Outcome.ANSWERED
    assert desk.hall.call_of(ref).disposition == "answered"
    assert desk.hall.current("lin.xia") is None


@pytest.mark.req("H299")
def test_who_shows_the_number_is_on_record(desk: Desk) -> None:
    boss = desk.sits_down("he.qing", Role.SUPERVISOR)
    ref = desk.hall.call(ani=CALLER)
    desk.hall.pass_time(1)
    path = f"/console/calls/{desk.hall.call_of(ref).call_id}"

    assert "王秀英" in boss.post(f"{path}/reveal").text

    office = boss.get("/console/office", **{"accept-language": "en"}).text
    assert "looked at name and phone" in office


def test_an_offer_that_has_ended_is_told_and_not_taken(desk: Desk) -> None:
    lin = desk.sits_down("lin.xia")
    lin.post("/console/presence", presence="ready")
    desk.hall.call(ani=CALLER, patience_ms=4_000)
    desk.hall.pass_time(2)
    offer = offer_in(lin.get("/console/work"))
    desk.hall.pass_time(5)  # the caller gave up

    late = lin.post(f"/console/offers/{offer}/accept")

    assert late.status_code == 409
    assert "offers" not in lin.get("/console/work").text


@pytest.mark.req("H14")
def test_why_a_call_went_where_it_went_is_a_page(desk: Desk) -> None:
    lin, bai = desk.sits_down("lin.xia"), desk.sits_down("bai.yu")
    lin.post("/console/presence", presence="ready")
    bai.post("/console/presence", presence="not_ready", reason="meal")
    ref = desk.hall.call(ani=CALLER, keys="1")
    desk.hall.pass_time(2)

    page = lin.get(
        f"/console/why/{desk.hall.call_of(ref).work_id}", **{"accept-language": "en"}
    ).text

    assert "Offered to" in page
    assert "Project-Id-Version" not in page
    assert "Who has been free longest comes first." in page
    assert re.search(r"<dt>bai\.yu</dt><dd>not ready\s+<span[^>]*>meal", page)


def test_a_pause_chosen_during_a_call_begins_after_it(desk: Desk) -> None:
    lin = desk.sits_down("lin.xia")
    lin.post("/console/presence", presence="ready")
    desk.hall.call(ani=CALLER, talk_ms=8_000)
    desk.hall.pass_time(2)
    lin.post(f"/console/offers/{offer_in(lin.get('/console/work'))}/accept")
    desk.hall.settle()

    lin.post("/console/presence", presence="not_ready", reason="meal")

    english = {"accept-language": "en"}
    assert "→ not ready" in lin.get("/console/work", **english).text
    assert "talking" in lin.get("/console/desk", **english).text


def test_the_desk_shows_who_waits_and_why_nobody_has_it(desk: Desk) -> None:
    lin = desk.sits_down("lin.xia")
    desk.hall.call(ani=CALLER, keys="1")
    desk.hall.pass_time(3)

    page = lin.get("/console/desk", **{"accept-language": "en"}).text

    assert "water …8000" in page
    assert "nobody of this queue is here" in page


def test_calls_leave_as_a_table_that_no_spreadsheet_can_misread(desk: Desk) -> None:
    lin = desk.sits_down("lin.xia")
    desk.hall.call(ani=CALLER, keys="0", patience_ms=8_000)
    desk.hall.pass_time(10)

    table = lin.get("/console/calls/export.csv?days=1")

    assert table.headers["content-type"].startswith("text/csv")
    assert f"\t{CALLER}" in table.text
    assert "abandoned_queue" in table.text


@pytest.mark.req("H236")
def test_a_ticket_opened_from_a_call_carries_its_words_and_card(desk: Desk) -> None:
    lin = desk.sits_down("lin.xia")
    lin.post("/console/presence", presence="ready")
    ref = desk.hall.call(ani=CALLER, keys="3", talk_ms=5_000)
    desk.hall.pass_time(2)
    lin.post(f"/console/offers/{offer_in(lin.get('/console/work'))}/accept")
    desk.hall.pass_time(6)
    path = f"/console/calls/{desk.hall.call_of(ref).call_id}"

    opened = lin.post(f"{path}/ticket", category="balance_wrong", words="少了两块", card_no=CARD)

    ticket = lin.get(opened.headers["location"])
    assert ticket.status_code == 200
    assert "少了两块" in ticket.text
    assert CARD[-4:] in ticket.text


def test_finance_is_offered_no_calls(desk: Desk) -> None:
    cai = desk.sits_down("cai.wu", Role.FINANCE)

    refused = cai.post("/console/presence", presence="ready")

    assert refused.status_code == 403
    assert "/console/work" not in cai.get("/console/payments").text

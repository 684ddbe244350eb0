"""What an agent does with a case."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tapline import audit, tickets
from tapline.tickets import About, Source, TicketState
from tapline.uow import Database
from tests.api.browsing import Visitor
from tests.world import World


@pytest.fixture
def case_id(estate: World, estate_database: Database) -> Iterator[UUID]:
    """A case of the test's own, closed again afterwards."""
    with estate_database.transaction() as uow:
        ticket = tickets.report(
            uow,
            tenant_id="demo",
            category="other",
            subject="test:case",
            about=About(source=Source.HOTLINE, facts={"words": "出水慢"}),
            actor="system",
            words="出水慢",
        )
    yield ticket.ticket_id
    with estate_database.transaction() as uow:
        left = tickets.get(uow, tenant_id="demo", ticket_id=ticket.ticket_id)
        left.state = TicketState.CLOSED


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def test_a_case_is_taken_commented_closed_and_opened_again(
    visit: Callable[[str], Visitor], case_id: UUID
) -> None:
    visitor, path = visit("lin.xia"), f"/console/tickets/{case_id}"

    visitor.post(f"{path}/take", version=_version(visitor.get(path).text))
    visitor.post(f"{path}/comment", body="已电话联系")
    page = visitor.get(path).text
    assert "林夏" in page
    assert "已电话联系" in page

    closed = visitor.post(f"{path}/close", version=_version(page), outcome="fixed")
    assert closed.headers["location"] == f"/console?undo={case_id}"
    queue = visitor.get(closed.headers["location"]).text
    assert f"{path}/reopen" in queue

    visitor.post(f"{path}/reopen", version=_version(queue))
    assert f"{path}/close" in visitor.get(path).text


def test_who_was_slower_is_told_what_the_faster_one_did(
    visit: Callable[[str], Visitor], case_id: UUID
) -> None:
    slow, fast = visit("lin.xia"), visit("he.qing")
    path = f"/console/tickets/{case_id}"
    seen = _version(slow.get(path).text)
    fast.post(f"{path}/take", version=_version(fast.get(path).text))

    answer = slow.post(f"{path}/close", version=seen, outcome="fixed")

    assert answer.status_code == 409
    assert "何青" in answer.text
    assert f"{path}/close" in answer.text


@pytest.mark.req("C1", "C2")
def test_a_case_shows_machine_card_and_ledger_side_by_side(
    visit: Callable[[str], Visitor], estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        listed = tickets.listed(uow, tenant_id="demo")
        ticket = next(one for one in listed if one.category == "no_water")

    page = visit("lin.xia").get(f"/console/tickets/{ticket.ticket_id}").text

    assert "没有出水" in page
    assert "rev:water" in page
    assert page.count("无水流") >= 5
    assert "水阀" in page


@pytest.mark.req("C62", "H299", "H406")
def test_card_numbers_and_phones_are_masked_and_every_look_is_on_record(
    visit: Callable[[str], Visitor], estate: World, estate_database: Database
) -> None:
    visitor, path = visit("lin.xia"), f"/console/cards/{estate.card_no}"

    shut = visitor.get(path).text
    shown = visitor.post(f"{path}/reveal").text

    assert "138****8000" in shut
    assert "王秀英" not in shut
    assert "13800138000" in shown
    assert "王秀英" in shown
    with estate_database.transaction() as uow:
        entries = audit.about(uow, tenant_id="demo", subject=f"card:{estate.card_no}")
    assert [(entry.actor, entry.action) for entry in entries[:2]] == [
        ("lin.xia", "customer.reveal"),
        ("lin.xia", "card.read"),
    ]


@pytest.mark.req("H254")
def test_no_list_shows_a_full_card_number_or_phone_as_text(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    visitor = visit("he.qing")

    for path in ("/console", "/console/refunds", "/console/findings", "/console/search?q=0001"):
        text = re.sub(r"<[^>]+>", " ", visitor.get(path).text)
        assert not re.search(r"\b8800000\d\b|1380013", text), path


@pytest.mark.req("H298")
@pytest.mark.parametrize("typed", ["0001", "8800 0001", "138 0013 8000", "8000"])
def test_a_card_is_found_by_its_end_or_its_holders_phone(
    visit: Callable[[str], Visitor], estate: World, typed: str
) -> None:
    page = visit("lin.xia").get(f"/console/search?q={typed}").text

    assert f"/console/cards/{estate.card_no}" in page


def test_a_search_of_three_digits_shows_nobody(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    assert "/console/cards/" not in visit("lin.xia").get("/console/search?q=001").text


def test_money_that_waits_for_a_person_is_paid_by_one_and_only_once(
    visit: Callable[[str], Visitor], estate: World, estate_database: Database
) -> None:
    visitor = visit("he.qing")
    page = visitor.get("/console/refunds").text
    form = re.search(
        r'action="(/console/refunds/[^"]+)">[^<]*<[^>]+>[^<]*<[^>]+name="amount_fen" value="5000"',
        page,
    )
    assert form

    first = visitor.post(form[1], approve="true", amount_fen="5000", reason="核实无水")
    again = visitor.post(form[1], approve="true", amount_fen="5000", reason="核实无水")

    assert first.status_code == 303
    assert again.status_code == 409
    card = visitor.get(f"/console/cards/{estate.purses[1].card_no}").text
    assert "¥50.00" in card


def test_suspense_explains_itself_to_the_last_fen(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    page = visit("lin.xia").get("/console/clearing").text

    assert "suspense:WD-0009" in page
    assert "卡号未登记" in page
    assert "内容互相矛盾" in page
    assert "无法解释" not in page


def test_the_trial_balance_balances_and_the_proof_holds(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    page = visit("lin.xia").get("/console/ledger/verify").text

    foot = re.search(r"<tfoot>.*?</tfoot>", page, re.DOTALL)
    assert foot
    debit, credit = re.findall(r"¥[\d,.]+", foot[0])
    assert debit == credit
    assert "账目与记账时完全一致" in page


def test_a_dead_letter_says_why_it_is_one(visit: Callable[[str], Visitor], estate: World) -> None:
    page = visit("lin.xia").get("/console/dead-letters").text

    assert "E_SCHEMA" in page
    assert "invalid UTF-8 at byte 17" in page


def test_the_office_is_for_supervisors(visit: Callable[[str], Visitor], estate: World) -> None:
    assert visit("lin.xia").get("/console/office").status_code == 403
    assert visit("he.qing").get("/console/office").status_code == 200


def test_a_screens_address_is_shown_once_and_ends_when_revoked(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    visitor = visit("he.qing")
    made = visitor.post("/console/office/screens", name="前厅")
    address = re.search(r"http://testserver(/board\?token=[\w-]+)", made.text)
    assert address
    assert visitor.client.get(address[1]).status_code == 200
    assert address[1] not in visitor.get("/console/office").text

    office = visitor.get("/console/office").text
    revoke = re.findall(r'action="(/console/office/screens/[^"]+/revoke)"', office)[-1]
    visitor.post(revoke)

    assert visitor.client.get(address[1]).status_code == 403
    assert visitor.client.get("/board?token=").status_code == 403

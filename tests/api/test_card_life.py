"""A card's life on pages: lost and found by its holder, exchanged by an agent."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from tapline import cards, people
from tapline.cards import CardState, blocklist
from tapline.uow import Database
from tests.api.browsing import Visitor, words_of
from tests.api.shoppers import Shopper
from tests.integration.payments.provider import FakeProvider
from tests.world import World

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def shopper(
    app: FastAPI, estate: World, estate_database: Database, provider: FakeProvider
) -> Shopper:
    return Shopper(app, estate_database, provider)


def state(shopper: Shopper) -> CardState:
    with shopper.database.transaction() as uow:
        return cards.get(uow, tenant_id="demo", card_no=shopper.card_no).state


def reads(visitor: Visitor, path: str) -> str:
    return words_of(visitor.get(path))


@pytest.mark.req("C3", "H373")
def test_a_holder_reports_his_card_lost_and_reads_how_far_it_is_blocked(shopper: Shopper) -> None:
    path = f"/portal/cards/{shopper.card_no}/lost"
    assert "此后被刷走的水费由我们承担" in shopper.reads(path)

    assert shopper.post(path, words="可能落在食堂").status_code == 303
    assert shopper.post(path).status_code == 303  # a second touch is none

    page = shopper.reads(path)
    assert state(shopper) is CardState.FROZEN
    assert "台机器尚未确认停用此卡" in page
    assert "WD-0001" in page
    assert "已挂失" in shopper.reads(f"/portal/cards/{shopper.card_no}")


def test_a_found_card_works_again_with_one_touch(shopper: Shopper) -> None:
    shopper.post(f"/portal/cards/{shopper.card_no}/lost")

    assert shopper.post(f"/portal/cards/{shopper.card_no}/found").status_code == 303
    assert state(shopper) is CardState.ACTIVE


def test_nobody_reports_another_ones_card(
    shopper: Shopper, estate: World, estate_database: Database
) -> None:
    assert shopper.post(f"/portal/cards/{estate.card_no}/lost").status_code == 404

    with estate_database.transaction() as uow:
        assert not blocklist.reasons(uow, tenant_id="demo", card_no=estate.card_no)


@pytest.mark.req("C3", "C4", "H298", "H373")
def test_an_agent_exchanges_a_lost_card_and_both_pages_say_so(
    agent: Visitor, shopper: Shopper
) -> None:
    old = f"/console/cards/{shopper.card_no}"
    new_no = f"99{shopper.card_no}"
    assert agent.post(f"{old}/lost", reason="来电挂失，核对了手机尾号").status_code == 303
    assert "挂失" in reads(agent, old)

    answer = agent.post(f"{old}/replace", new_card_no=new_no, reason="找不到了")
    assert answer.headers["location"] == f"/console/cards/{new_no}"

    assert "代替" in reads(agent, f"/console/cards/{new_no}")
    assert "¥50.00" in reads(agent, f"/console/cards/{new_no}")
    assert "来电挂失，核对了手机尾号" in reads(agent, old)
    assert f"/portal/cards/{new_no}" in shopper.get("/portal").text
    assert "已由另一张卡代替" in shopper.reads(f"/portal/cards/{shopper.card_no}")


def test_what_a_cards_state_forbids_is_refused_with_what_can_be_done(
    agent: Visitor, shopper: Shopper
) -> None:
    answer = agent.post(f"/console/cards/{shopper.card_no}/found", reason="x")

    assert answer.status_code == 409
    assert "卡片当前状态不能这样办理" in words_of(answer)


def test_a_card_in_use_is_not_handed_out_again(
    agent: Visitor, estate: World, shopper: Shopper
) -> None:
    taken = estate.purses[1].card_no
    path = f"/console/cards/{shopper.card_no}"
    answer = agent.post(f"{path}/replace", new_card_no=taken, reason="x")

    assert answer.status_code == 409
    assert "请换一张空白卡" in words_of(answer)
    assert state(shopper) is CardState.ACTIVE


def test_an_agent_notes_papers_and_the_page_shows_the_last_four_alone(
    agent: Visitor, shopper: Shopper
) -> None:
    path = f"/console/cards/{shopper.card_no}"
    papers = {"real_name": "陈小兰", "document": "id_card", "reason": "柜台核对原件"}

    assert agent.post(f"{path}/identity", number="110105194912310021", **papers).status_code == 409
    assert agent.post(f"{path}/identity", number=ID_NUMBER, **papers).status_code == 303

    page = agent.get(path).text
    assert "002X" in page
    assert ID_NUMBER not in page
    assert ID_NUMBER in agent.post(f"{path}/identity/reveal", reason="银行转账核对").text
    with shopper.database.transaction() as uow:
        assert people.is_verified(uow, tenant_id="demo", customer_id=shopper.customer.customer_id)


def test_a_bearer_card_is_registered_with_a_reason(
    agent: Visitor, estate: World, shopper: Shopper
) -> None:
    bearer = estate.purses[7].card_no
    path = f"/console/cards/{bearer}"
    assert agent.post(f"{path}/register", phone=shopper.phone, reason="").status_code == 422
    answer = agent.post(f"{path}/register", phone=shopper.phone, reason="当面刷卡")

    assert answer.status_code == 303
    assert "当面刷卡" in reads(agent, path)


def test_finance_reads_a_cards_life_and_does_nothing_to_it(
    visit: Callable[[str], Visitor],
    shopper: Shopper,
    estate: World,
    estate_database: Database,
) -> None:
    with estate_database.transaction() as uow:
        login = f"fin.{shopper.card_no}"
        _, estate.passwords[login] = people.create_staff(
            uow, tenant_id="demo", login=login, name="财务", role=people.Role.FINANCE
        )
    finance = visit(login)

    assert "水卡经历" in reads(finance, f"/console/cards/{shopper.card_no}")
    assert finance.post(f"/console/cards/{shopper.card_no}/lost", reason="x").status_code == 403


def test_a_card_is_offered_and_taken_and_what_was_drawn_before_is_not_told(
    shopper: Shopper, app: FastAPI, estate_database: Database, provider: FakeProvider
) -> None:
    taker = Shopper(app, estate_database, provider)
    path = f"/portal/cards/{shopper.card_no}/transfer"
    assert shopper.post(path, phone="12", name="x").status_code == 422
    assert shopper.post(path, phone=taker.phone, name="赵云").status_code == 303
    assert "对方确认之前" in shopper.reads(path)

    home = taker.get("/portal").text
    offer = re.search(r'action="(/portal/transfers/[^"]+)"', home)
    assert offer
    assert shopper.post(offer[1], take="true").status_code == 404
    assert taker.post(offer[1], take="true").status_code == 303

    assert "¥50.00" in taker.reads(f"/portal/cards/{shopper.card_no}")
    assert shopper.get(f"/portal/cards/{shopper.card_no}").status_code == 404

"""The desk looks for what was found, and sees what stands behind it."""

import re
from collections.abc import Callable

import pytest

from tapline import reconciliation
from tapline.reconciliation import Found
from tapline.uow import Database
from tests.api.browsing import Visitor, words_of
from tests.world import World


@pytest.fixture
def about_a_card(estate: World, estate_database: Database) -> str:
    """A finding about a card, and about no machine; its id."""
    with estate_database.transaction() as uow:
        finding = reconciliation.note(
            uow,
            tenant_id="demo",
            code="D11",
            subject=f"card:{estate.card_no}:99",
            found=Found(
                card_no=estate.card_no,
                amount_fen=300,
                facts={
                    **{"atc": 99, "from": 98, "to": 98, "active": True},
                    **{"left_fen": 4900, "met_fen": 4600},
                },
            ),
        )
        return str(finding.finding_id)


@pytest.mark.req("C2", "H387")
def test_findings_are_narrowed_down_by_rule_settlement_side_and_age(
    visit: Callable[[str], Visitor], about_a_card: str
) -> None:
    visitor = visit("lin.xia")
    shown = visitor.get("/console/findings?code=D11&resolution=none&side=operator").text
    assert f"/console/findings/{about_a_card}" in shown
    for other in ("code=D01", "resolution=ticket", "side=property", "age=1"):
        assert about_a_card not in visitor.get(f"/console/findings?{other}").text, other


def test_a_finding_about_a_card_alone_has_its_page(
    visit: Callable[[str], Visitor], about_a_card: str
) -> None:
    page = visit("lin.xia").get(f"/console/findings/{about_a_card}").text
    assert "少了 3.00 元" in page
    assert "49.00" in page
    assert not re.search(r"\b8800000\d\b", re.sub(r"<[^>]+>", " ", page))


def test_a_finding_about_a_pour_shows_machine_card_and_ledger(
    visit: Callable[[str], Visitor], estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        found = reconciliation.listed(uow, tenant_id="demo", codes=["D01"])[0]
    page = visit("lin.xia").get(f"/console/findings/{found.finding_id}").text
    assert "没有出水" in page
    assert "rev:water" in page
    assert f"dev:{found.device_id}:{found.seq}" in page


def test_what_cannot_be_a_filter_is_refused(visit: Callable[[str], Visitor], estate: World) -> None:
    visitor = visit("lin.xia")
    assert visitor.client.get("/console/findings?side=nobody").status_code == 422


@pytest.mark.req("C2")
def test_of_two_contents_the_desk_chooses_one_and_may_take_it_back(
    visit: Callable[[str], Visitor], estate_ids: dict[str, str], estate_database: Database
) -> None:
    agent = visit("lin.xia")
    with estate_database.transaction() as uow:
        (conflict,) = reconciliation.listed(uow, tenant_id="demo", codes=["D05"])
        stories = reconciliation.options_of(uow, tenant_id="demo", finding=conflict)
    path = f"/console/findings/{conflict.finding_id}"
    page = agent.get(path)
    assert 'data-key="v"' in page.text
    assert "哪一种属实" in words_of(page)

    chosen = agent.post(f"{path}/decide", choice=stories[0].name, reason="监控录像")
    assert chosen.status_code == 303
    assert "人工判定" in words_of(agent.get(path))
    assert agent.post(f"{path}/decide", choice="open", reason="看错了").status_code == 303
    assert "等待人工处理" in words_of(agent.get(path))

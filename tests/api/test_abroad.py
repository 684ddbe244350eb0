"""Finance takes another operator's signed claims, and sees what is paid, what is not, and why."""

from datetime import timedelta

import pytest

from tapline import clock, ledger
from tapline.ledger import chart
from tapline.people import Role
from tests.api.browsing import Visitor, words_of
from tests.api.test_sharing import Houses, houses
from tests.integration.sharing.between import LONG, OPERATOR, OURS, Between, drawn

__all__ = ["houses"]


@pytest.fixture(scope="module")
def finance(houses: Houses) -> Visitor:
    return houses.staff(houses.demo, Role.FINANCE)


def test_a_signed_statement_is_taken_read_set_off_and_paid(
    houses: Houses,
    finance: Visitor,
) -> None:
    with clock.frozen(clock.now() - LONG), houses.database.transaction() as uow:
        between = Between(uow, houses.demo, houses.far)
        between.pours(1, 1, 5000)
        drunk_at = clock.now()
        clock.advance(timedelta(hours=1))
        between.pours(2, 3, 4600)
    with houses.database.transaction() as uow:
        between.uow = uow
        document = between.claims(drawn(at=drunk_at), drawn(1, 5000, at=drunk_at)).decode()
        owed = ledger.Transfer(chart.issuer_due(OPERATOR), chart.WATER, 200)
        command = ledger.Command(
            key="dev:A:900", kind="pour", event_at=clock.now(), movement=owed, content={}
        )
        ledger.post(uow, tenant_id="demo", commands=[command])

    refused = finance.client.post(
        "/console/abroad",
        data={"csrf": finance.csrf},
        files={"document": ("claims.json", document.replace("300", "301"), "application/json")},
    )
    assert refused.status_code == 422
    taken = finance.client.post(
        "/console/abroad",
        data={"csrf": finance.csrf},
        files={"document": ("claims.json", document, "application/json")},
    )
    assert taken.status_code == 303
    page = words_of(finance.get(taken.headers["location"]))
    assert "我方付" in page
    assert "该计数处卡片另有交易" in page
    assert OURS not in page

    account = f"/console/issuers/{OPERATOR}"
    assert "我方水卡在对方机器的用水" in words_of(finance.get(account))
    assert finance.post(f"{account}/set-off", fen=300).status_code == 409
    assert finance.post(f"{account}/set-off", fen=200).status_code == 303
    assert finance.post(f"{account}/pay", yuan="1.00", reference="B-77").status_code == 303
    assert "抵销了双方互欠款项" in words_of(finance.get(account))


def test_agents_do_not_see_what_operators_owe_each_other(
    houses: Houses,
) -> None:
    agent = houses.staff(houses.demo, Role.AGENT)
    assert agent.get(f"/console/issuers/{OPERATOR}").status_code in {303, 403, 404}

"""Deciding about money at the desk: the evidence first, by whoever may, and to the last fen."""

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi import FastAPI

from tapline import payments, refunds
from tapline.payments import PayoutState
from tapline.people import Role
from tapline.refunds import RefundState
from tapline.uow import Database
from tests import world, world_desk
from tests.api.browsing import Visitor, hidden, words_of
from tests.api.shoppers import Shopper, id_in
from tests.integration.consequences import drain
from tests.integration.payments.provider import FakeProvider
from tests.world import World

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def lan(estate: World, app: FastAPI, estate_database: Database, provider: FakeProvider) -> Shopper:
    return Shopper(app, estate_database, provider)


@pytest.fixture
def claim(lan: Shopper, estate_database: Database) -> UUID:
    """Her card, given back and to be decided."""
    refund_id = id_in(lan.asks_card_back())
    with estate_database.transaction() as uow:
        drain(uow)
    return UUID(str(refund_id))


@pytest.fixture(scope="session")
def till(estate: World, estate_database: Database) -> World:
    """Two people of finance."""
    with estate_database.transaction() as uow:
        for login in ("cai.wu", "qian.fang"):
            world.staff(uow, estate, "demo", login, login, Role.FINANCE)
    return estate


@pytest.fixture
def stuck(estate: World, estate_database: Database) -> UUID:
    """A leg that no provider takes."""
    with estate_database.transaction() as uow:
        before = payments.in_states(uow, tenant_id="demo", states=list(PayoutState))
        payout_id = world_desk.stuck(uow, subject=f"test:{len(before)}")
        drain(uow)
    return payout_id


def state_of(database: Database, refund_id: UUID) -> RefundState:
    with database.transaction() as uow:
        return refunds.get(uow, tenant_id="demo", refund_id=refund_id).state


def payout_state(database: Database, payout_id: UUID) -> PayoutState:
    with database.transaction() as uow:
        return payments.payout(uow, tenant_id="demo", payout_id=payout_id).state


@pytest.mark.req("C18", "C19", "H391", "H399")
def test_a_review_shows_the_sum_line_by_line_the_rules_and_what_is_waited_for(
    visit: Visit, claim: UUID
) -> None:
    page = visit("lin.xia").get(f"/console/refunds/{claim}", **ENGLISH)

    words = words_of(page)
    for said in ("paid in", "To be given back", "¥50.00", "SPC", "Machines that may not know yet"):
        assert said in words, said
    assert 'href="/console/policy/' in page.text
    assert f"/console/why/refund:{claim}" in page.text
    assert "陈小兰" not in page.text


def test_an_agent_approves_with_the_amount_and_version_that_he_saw(
    visit: Visit, claim: UUID, estate_database: Database
) -> None:
    visitor, path = visit("lin.xia"), f"/console/refunds/{claim}"
    page = visitor.get(path)
    form = {name: hidden(page, name) for name in ("amount_fen", "version")}

    stale = visitor.post(path, approve="true", reason="相符", **form | {"version": "1"})
    assert stale.status_code == 409
    assert state_of(estate_database, claim) is RefundState.REVIEW

    decided = visitor.post(path, approve="true", reason="相符", back=path, **form)

    assert decided.headers["location"] == path
    assert state_of(estate_database, claim) is not RefundState.REVIEW
    after = words_of(visitor.get(path, **ENGLISH))
    assert "Ways back" in after
    assert "WeChat Pay" in after
    assert "相符" in after


def test_a_refusal_needs_a_reason_and_the_timeline_keeps_it(
    visit: Visit, claim: UUID, estate_database: Database
) -> None:
    visitor, path = visit("he.qing"), f"/console/refunds/{claim}"
    page = visitor.get(path)
    form = {name: hidden(page, name) for name in ("amount_fen", "version")}

    assert visitor.post(path, approve="false", reason="", **form).status_code == 422
    visitor.post(path, approve="false", reason="不是本人", **form)

    assert state_of(estate_database, claim) is RefundState.REJECTED
    assert "不是本人" in visitor.get(path).text


@pytest.mark.req("C62")
def test_finance_sees_a_refund_and_does_not_decide_it(
    visit: Visit, till: World, claim: UUID, estate_database: Database
) -> None:
    visitor, path = visit("cai.wu"), f"/console/refunds/{claim}"

    page = visitor.get(path, **ENGLISH)
    refused = visitor.post(path, approve="true", amount_fen="5000", reason="x")

    assert "An agent or a supervisor decides this." in page.text
    assert 'name="approve"' not in page.text
    assert refused.status_code == 403
    assert state_of(estate_database, claim) is RefundState.REVIEW


def test_whoever_asks_for_a_customer_does_not_decide(
    visit: Visit, lan: Shopper, estate_database: Database
) -> None:
    lin = visit("lin.xia")
    form = lin.get(f"/console/refunds/new?kind=card_close&card={lan.card_no}&reason=moved")
    assert "¥50.00" in words_of(form)

    asked = lin.post(
        "/console/refunds/new",
        kind="card_close",
        reason="moved",
        card_no=lan.card_no,
        request_key=hidden(form, "request_key"),
        words="电话申请，已核对姓名和最近一次取水",
    )
    path = asked.headers["location"]

    page = lin.get(path, **ENGLISH)
    assert "a colleague decides" in page.text
    assert 'name="approve"' not in page.text
    assert 'name="approve"' in visit("he.qing").get(path).text
    again = lin.get(f"/console/refunds/new?kind=card_close&card={lan.card_no}")
    assert again.headers["location"] == path


def test_a_pours_refund_is_shown_with_what_the_machine_reported_around_it(
    visit: Visit, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        (refund, *_) = (
            one
            for one in refunds.listed(uow, tenant_id="demo")
            if one.kind is refunds.RefundKind.TXN_REVERSAL
        )

    page = visit("lin.xia").get(f"/console/refunds/{refund.refund_id}", **ENGLISH).text

    assert "What the machine reported around it" in page
    assert f"#{refund.seq}" in page


def test_what_a_provider_would_not_pay_takes_two_people(
    visit: Visit, till: World, stuck: UUID, estate_database: Database
) -> None:
    cai, path = visit("cai.wu"), f"/console/payouts/{stuck}"
    assert str(stuck) in cai.get("/console/payments").text

    transferred = cai.post(f"{path}/by-hand", payee="陈小兰", reference="ICBC-7")
    assert transferred.status_code == 303
    assert payout_state(estate_database, stuck) is PayoutState.BY_HAND
    assert cai.post(f"{path}/confirm", confirm="true").status_code == 403

    denied = visit("qian.fang").post(f"{path}/confirm", confirm="false", reason="对账单无此笔")
    assert denied.status_code == 303
    assert payout_state(estate_database, stuck) is PayoutState.ABNORMAL

    cai.post(f"{path}/by-hand", payee="陈小兰", reference="ICBC-8")
    visit("he.qing").post(f"{path}/confirm", confirm="true")

    assert payout_state(estate_database, stuck) is PayoutState.PAID_BY_HAND
    history = visit("he.qing").get(path).text
    assert "ICBC-7" in history
    assert "对账单无此笔" in history


@pytest.mark.req("C62")
def test_money_is_no_agents_room_and_customers_are_no_rooms_of_finance(
    visit: Visit, till: World, stuck: UUID
) -> None:
    lin, cai = visit("lin.xia"), visit("cai.wu")

    assert lin.get("/console/payments").status_code == 403
    answer = lin.post(f"/console/payouts/{stuck}/by-hand", payee="x", reference="x")
    assert answer.status_code == 403
    for path in ("desk", "calls", "queue", "machines", "findings", "orders", "predictions"):
        assert cai.get(f"/console/{path}").status_code == 403, path
    assert cai.get("/console").headers["location"] == "/console/payments"
    for path in ("refunds", "payments", "clearing", "ledger", "policy/0"):
        assert cai.get(f"/console/{path}").status_code == 200, path
    menu = cai.get("/console/payments").text
    assert 'href="/console/desk"' not in menu
    assert "/console/work" not in menu


@pytest.mark.req("C19", "H399")
def test_the_rules_behind_a_decision_can_be_read_with_what_changed_by_whom_and_why(
    visit: Visit, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        world_desk.rules_changed(uow)

    visitor = visit("lin.xia")
    path = visitor.get("/console/policy").headers["location"]
    words = words_of(visitor.get(path, **ENGLISH))

    assert "An agent decides up to, above it a supervisor" in words
    for said in ("¥200.00", "¥300.00", "何青", "夏季活动期间收紧"):
        assert said in words, said
    assert visitor.get("/console/policy/99").status_code == 404

"""A customer gives a card back and follows the money."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from tapline.uow import Database
from tests.api.browsing import Visitor, words_of
from tests.api.shoppers import Shopper, id_in
from tests.integration.payments.provider import FakeProvider
from tests.world import OTHER_PHONE, PHONE, World


@pytest.fixture
def lan(estate: World, app: FastAPI, estate_database: Database, provider: FakeProvider) -> Shopper:
    return Shopper(app, estate_database, provider)


@pytest.mark.req("C17")
def test_why_comes_first_then_what_comes_back_whereto_and_by_when(lan: Shopper) -> None:
    card = lan.get(f"/portal/cards/{lan.card_no}")
    link = f"/portal/refunds/new?kind=card_close&amp;card={lan.card_no}"
    assert link in card.text

    why = lan.get(link.replace("&amp;", "&"))
    assert "我已搬走" in why.text
    assert 'name="request_key"' not in why.text

    words = lan.reads(f"/portal/refunds/new?kind=card_close&card={lan.card_no}&reason=moved")
    for said in ("¥50.00", "微信支付", "规则第", "最迟", "机器失去联系"):
        assert said in words, said


@pytest.mark.req("C18", "H391")
def test_a_card_given_back_stops_and_its_page_leads_to_the_money(lan: Shopper) -> None:
    refund_id = id_in(lan.asks_card_back())

    words = lan.reads(f"/portal/refunds/{refund_id}")
    assert "您提出了申请" in words
    assert "¥50.00" in words
    assert f"{lan.phone[:3]}****{lan.phone[-4:]}" in words
    card = lan.get(f"/portal/cards/{lan.card_no}")
    assert "正在退卡" in card.text
    assert "kind=card_close" not in card.text
    assert f"/portal/refunds/{refund_id}" in card.text
    assert str(refund_id) in lan.get("/portal/refunds").text
    assert str(refund_id) in lan.get("/portal").text
    assert any("退" in text for text in lan.texts())


def test_asked_twice_by_whatever_form_it_is_one_refund(lan: Shopper) -> None:
    form = {
        "kind": "card_close",
        "reason": "moved",
        "card_no": lan.card_no,
        "request_key": "a" * 32,
    }
    first, again = (id_in(lan.post("/portal/refunds", **form)) for _ in range(2))
    other = id_in(lan.post("/portal/refunds", **form | {"request_key": "b" * 32}))
    page = lan.get(f"/portal/refunds/new?kind=card_close&card={lan.card_no}")

    assert first == again == other == id_in(page)


def test_taken_back_the_card_works_as_before(lan: Shopper) -> None:
    refund_id = id_in(lan.asks_card_back())

    lan.post(f"/portal/refunds/{refund_id}/withdraw")

    assert "一切恢复原样" in lan.reads(f"/portal/refunds/{refund_id}")
    assert "kind=card_close" in lan.get(f"/portal/cards/{lan.card_no}").text


@pytest.mark.req("C8", "C17", "H376")
def test_granted_the_page_shows_the_money_on_its_original_way(lan: Shopper) -> None:
    refund_id = id_in(lan.asks_card_back())
    lan.is_answered(refund_id, approve=True, login="lin.xia", reason="")

    words = lan.reads(f"/portal/refunds/{refund_id}")

    assert "到微信支付" in words
    assert "我不退了" not in words


def test_refused_the_reason_is_read_and_a_supervisor_may_be_asked_once(lan: Shopper) -> None:
    refund_id = id_in(lan.asks_card_back())
    lan.is_answered(refund_id, approve=False, login="lin.xia", reason="卡已转让他人")
    refused = lan.reads(f"/portal/refunds/{refund_id}")
    assert "卡已转让他人" in refused
    assert "不认可" in refused

    lan.post(f"/portal/refunds/{refund_id}/appeal", words="卡一直在我手里")
    assert "卡一直在我手里" in lan.reads(f"/portal/refunds/{refund_id}")
    lan.is_answered(refund_id, approve=False, login="he.qing", reason="记录如此")

    twice = lan.reads(f"/portal/refunds/{refund_id}")
    assert "记录如此" in twice
    assert "不认可" not in twice


def test_another_customers_refund_and_card_do_not_exist(
    lan: Shopper, visit: Callable[[str], Visitor]
) -> None:
    refund_id = id_in(lan.asks_card_back())

    for stranger in (visit(PHONE), visit(OTHER_PHONE)):
        assert stranger.get(f"/portal/refunds/{refund_id}").status_code == 404
        for act in ("withdraw", "appeal"):
            answer = stranger.post(f"/portal/refunds/{refund_id}/{act}", words="x")
            assert answer.status_code == 404
        form = f"/portal/refunds/new?kind=card_close&card={lan.card_no}&reason=moved"
        assert stranger.get(form).status_code == 404
    assert lan.refund(refund_id).state.is_undecided


def test_every_page_of_it_is_complete_in_english_and_without_scripts(lan: Shopper) -> None:
    refund_id = id_in(lan.asks_card_back())
    lan.client.cookies.set("locale", "en")

    page = lan.get(f"/portal/refunds/{refund_id}")

    assert "<script" not in page.text
    assert "Give a card back" in words_of(page)
    assert "Where it is" in words_of(page)

"""A customer shows a card: at a machine to register it, on the phone to pour with it."""

import re
from uuid import UUID

import pytest
from fastapi import FastAPI

from tapline import cards
from tapline.cards import CardKind
from tapline.cards.challenges import Challenge
from tapline.money import Fen
from tapline.uow import Database
from tests import world_proving
from tests.api.shoppers import Shopper, id_in
from tests.integration.payments.provider import FakeProvider
from tests.world import World

BEARER = "66770001"


@pytest.fixture
def lan(estate: World, app: FastAPI, estate_database: Database, provider: FakeProvider) -> Shopper:
    return Shopper(app, estate_database, provider)


def machine(lan: Shopper, estate: World, number: int) -> str:
    """A machine that can wait for a card."""
    with lan.database.transaction() as uow:
        world_proving.make_capable(uow, estate.devices[number])
    return estate.devices[number]


def issue(lan: Shopper, card_no: str, kind: CardKind, *, own: bool) -> str:
    with lan.database.transaction() as uow:
        cards.issue(
            uow,
            tenant_id="demo",
            card_no=card_no,
            kind=kind,
            balance_fen=Fen(500),
            customer_id=lan.customer.customer_id if own else None,
        )
    return card_no


def tap(lan: Shopper, challenge_id: UUID, card_no: str) -> None:
    with lan.database.transaction() as uow:
        asked = uow.session.get(Challenge, challenge_id)
        assert asked is not None
        world_proving.tap(uow, asked, card_no)


@pytest.mark.req("U9")
def test_a_customer_registers_a_card_by_tapping_it_where_he_is_told_to(
    lan: Shopper, estate: World
) -> None:
    place = machine(lan, estate, 9)
    issue(lan, BEARER, CardKind.CPU, own=False)
    assert "/portal/prove" in lan.get("/portal").text
    led = lan.get(f"/portal/prove?machine={place}")
    assert led.headers["location"] == f"/portal/prove/{place}"
    assert "等待两分钟" in lan.reads(f"/portal/prove/{place}")

    challenge_id = id_in(lan.post(f"/portal/prove/{place}"))
    waiting = lan.get(f"/portal/proofs/{challenge_id}")
    assert "请现在刷卡" in waiting.text
    assert waiting.headers["refresh"] == "2"

    tap(lan, challenge_id, BEARER)
    shown = lan.get(f"/portal/proofs/{challenge_id}")
    assert "**** 0001" in shown.text
    assert BEARER not in shown.text, "of a card that is not his he sees the last digits alone"
    assert "refresh" not in shown.headers
    lan.post(f"/portal/proofs/{challenge_id}/confirm")

    assert "水卡已登记到您名下" in lan.reads(f"/portal/proofs/{challenge_id}")
    assert lan.get(f"/portal/cards/{BEARER}").status_code == 200


@pytest.mark.req("U9")
def test_somebody_elses_tap_is_sent_away_and_his_card_never_offered(
    lan: Shopper, estate: World
) -> None:
    place = machine(lan, estate, 10)
    challenge_id = id_in(lan.post(f"/portal/prove/{place}"))
    tap(lan, challenge_id, estate.card_no)

    words = lan.reads(f"/portal/proofs/{challenge_id}")
    assert "不能在这里登记" in words
    refused = lan.post(f"/portal/proofs/{challenge_id}/confirm")
    assert refused.status_code == 409
    back = lan.post(f"/portal/proofs/{challenge_id}/reject")
    assert back.headers["location"] == f"/portal/prove/{place}"
    assert "没有登记水卡" in lan.reads(f"/portal/proofs/{challenge_id}")


def test_a_machine_that_cannot_says_so_before_anything_is_pressed(
    lan: Shopper, estate: World
) -> None:
    lost, old = estate.devices[20], estate.devices[11]
    assert "暂时没有联网" in lan.reads(f"/portal/prove/{lost}")
    assert "不支持验卡" in lan.reads(f"/portal/prove/{old}")
    assert lan.post(f"/portal/prove/{old}").status_code == 409
    assert lan.get("/portal/prove/WD-7777").status_code == 404
    assert "没有这个编号的机器" in lan.get("/portal/prove?machine=WD-7777").text


@pytest.mark.req("C2")
def test_a_card_on_the_phone_shows_a_new_code_each_time(lan: Shopper) -> None:
    card_no = issue(lan, "66780001", CardKind.QR, own=True)
    page = lan.get(f"/portal/cards/{card_no}")
    assert f'action="/portal/cards/{card_no}/code"' in page.text

    codes = set()
    for _ in range(2):
        shown = lan.post(f"/portal/cards/{card_no}/code")
        codes |= set(re.findall(r">(\d{4} \d{4})</p>", shown.text))
    assert len(codes) == 2
    assert lan.post(f"/portal/cards/{lan.card_no}/code").status_code == 404

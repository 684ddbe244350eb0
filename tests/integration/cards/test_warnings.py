"""The holder of a card hears of it in time, once, and in words that say what to do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tapline import cards, clock, ledger, people
from tapline.cards import warnings
from tapline.cards.facts import ingest
from tapline.cards.warnings import Kind
from tapline.notices import Notice
from tapline.uow import UnitOfWork
from tests import factories

CARD, BEARER = "88001234", "88005678"
PHONE = "13800138000"


class Purse:
    """A registered card of 6.00 yuan."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow, self.seq = uow, 0
        factories.tenant(uow)
        factories.device(uow, "WD-1")
        for card_no in (CARD, BEARER):
            factories.card(uow, card_no, 600)
        self.holder = people.create_customer(uow, tenant_id="demo", phone=PHONE, name="李敏")
        cards.assign(uow, tenant_id="demo", card_no=CARD, customer_id=self.holder.customer_id)

    def pours(self, amt_fen: int, card_no: str = CARD, **changes: object) -> None:
        self.seq += 1
        fact = factories.fact(
            "WD-1", self.seq, card_no, atc=self.seq, before_fen=600, amt_fen=amt_fen, **changes
        )
        ingest(self.uow, tenant_id="demo", facts=[fact])
        warnings.watch(self.uow, tenant_id="demo", card_nos=[card_no])

    def pays(self, fen: int) -> None:
        self.seq += 1
        command = ledger.Command(
            key=f"topup:{self.seq}",
            kind="topup",
            event_at=clock.now(),
            movement=ledger.Credit(CARD, fen, ledger.chart.psp("wechat")),
            content={},
        )
        ledger.post(self.uow, tenant_id="demo", commands=[command])
        warnings.sweep(self.uow, tenant_id="demo")

    @property
    def told(self) -> list[str]:
        texts = select(Notice.text).order_by(Notice.notice_id)
        return list(self.uow.session.scalars(texts))

    @property
    def matters(self) -> set[Kind]:
        return {one.kind for one in warnings.of_card(self.uow, tenant_id="demo", card_no=CARD)}


@pytest.fixture
def purse(uow: UnitOfWork) -> Iterator[Purse]:
    with clock.frozen(factories.START):
        yield Purse(uow)


@pytest.mark.req("C16")
def test_little_money_is_told_once_and_again_after_it_was_enough(purse: Purse) -> None:
    purse.pours(100)
    assert purse.told == []

    purse.pours(100)
    purse.pours(100)
    assert purse.told == ["尾号 1234 的水卡余额 4.00 元，请及时充值，以免影响用水。"]

    purse.pays(1000)
    assert purse.matters == set()
    with clock.frozen(factories.START + timedelta(days=1)):
        purse.pours(1000)
    assert len(purse.told) == 2


def test_nobody_is_told_of_a_card_of_nobody(purse: Purse) -> None:
    purse.pours(500, BEARER)

    assert purse.told == []


@pytest.mark.req("C14", "H334")
def test_who_owes_much_is_told_at_once_and_who_owes_little_after_a_while(purse: Purse) -> None:
    purse.pours(650)
    assert (purse.told, purse.matters) == ([], {Kind.LOW, Kind.ARREARS})

    with clock.frozen(factories.START + timedelta(days=30)):
        warnings.sweep(purse.uow, tenant_id="demo")
        warnings.sweep(purse.uow, tenant_id="demo")
    assert len(purse.told) == 1
    assert "已欠水费 0.50 元" in purse.told[0]

    purse.pays(5000)
    with clock.frozen(factories.START + timedelta(days=31)):
        purse.pours(6000)
    assert "已欠水费 10.50 元" in purse.told[1]


@pytest.mark.req("C12", "H402")
def test_a_card_that_wears_is_to_be_exchanged_before_it_fails(purse: Purse) -> None:
    torn: dict[str, Any] = {"status": "torn", "bal_after_fen": None}
    for _ in range(2):
        purse.pours(1, CARD, **torn)
    assert purse.told == []

    purse.pours(1, CARD, **torn)
    purse.pours(1, CARD, **torn)
    assert len(purse.told) == 1
    assert "请到水站或服务台换卡（免费）" in purse.told[0]

    with clock.frozen(factories.START + timedelta(days=31)):
        warnings.sweep(purse.uow, tenant_id="demo")
    assert purse.matters == set()


def test_a_minors_guardian_is_told(purse: Purse) -> None:
    people.set_guardian(
        purse.uow,
        tenant_id="demo",
        customer_id=purse.holder.customer_id,
        born_on=factories.START.date() - timedelta(days=12 * 365),
        name="李强",
        phone="139 0013 9000",
        actor="lin.xia",
        reason="his father, at the counter",
    )
    purse.pours(200)

    assert list(purse.uow.session.scalars(select(Notice.recipient))) == ["13900139000"]

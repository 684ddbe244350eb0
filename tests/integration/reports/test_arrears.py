"""Who owes for water, since when, and who may be reminded; the list is the ledger's own sum."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tapline import cards, clock, ledger, people, reports
from tapline.cards import CardKind, reminders
from tapline.cards.facts import ingest
from tapline.cards.life.replacing import DEBT_WAITS
from tapline.errors import ConflictError
from tapline.ledger import chart
from tapline.notices import Notice
from tapline.reports import Arrear, Band
from tapline.uow import UnitOfWork
from tests import factories

CARD, NEW, BEARER = "88001234", "88009999", "88005678"
_DAY = timedelta(days=1)


@pytest.fixture
def books(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """A machine, 李敏 with an empty card, and an empty card of nobody."""
    with clock.frozen(factories.START):
        factories.tenant(uow)
        factories.device(uow, "WD-1")
        for card_no in (CARD, BEARER):
            factories.card(uow, card_no, 0)
        holder = people.create_customer(uow, tenant_id="demo", phone="13800138000", name="李敏")
        cards.assign(uow, tenant_id="demo", card_no=CARD, customer_id=holder.customer_id)
        yield uow


def draws(uow: UnitOfWork, seq: int, card_no: str = CARD, *, days_ago: int = 0) -> datetime:
    """Water for 1.00 yuan that the card does not hold; when that was."""
    moment = clock.now() - days_ago * _DAY
    fact = factories.fact("WD-1", seq, card_no, atc=seq, before_fen=0, moment=moment)
    ingest(uow, tenant_id="demo", facts=[fact])
    return moment


def pays(uow: UnitOfWork, fen: int, card_no: str = CARD) -> None:
    command = ledger.Command(
        key=f"topup:{card_no}:{fen}",
        kind="topup",
        event_at=clock.now(),
        movement=ledger.Credit(card_no, fen, chart.psp("wechat")),
        content={},
    )
    ledger.post(uow, tenant_id="demo", commands=[command])


def listed(uow: UnitOfWork) -> list[Arrear]:
    """What the page lists, after making sure that it is what the books say."""
    found = reports.arrears(uow, tenant_id="demo")
    receivable = (
        row.balance
        for row in ledger.trial(uow, tenant_id="demo")
        if row.code.startswith("card:") and row.code.endswith(":receivable")
    )
    assert found.total_fen == found.booked_fen == sum(receivable)
    assert sum(found.of(band)[1] for band in Band) == found.total_fen
    return list(found.debts)


def told(uow: UnitOfWork) -> list[str]:
    return list(uow.session.scalars(select(Notice.text).order_by(Notice.notice_id)))


def test_nobody_owes_anything_at_first(books: UnitOfWork) -> None:
    assert listed(books) == []


def test_a_debt_is_as_old_as_the_oldest_water_that_nothing_has_paid(books: UnitOfWork) -> None:
    first, second = draws(books, 1, days_ago=40), draws(books, 2, days_ago=10)

    assert [(one.amount_fen, one.since, one.band) for one in listed(books)] == [
        (200, first, Band.QUARTER)
    ]
    pays(books, 60)
    assert [(one.amount_fen, one.since) for one in listed(books)] == [(140, first)]
    pays(books, 50)
    assert [(one.amount_fen, one.since, one.band) for one in listed(books)] == [
        (90, second, Band.MONTH)
    ]
    pays(books, 90)
    assert listed(books) == []


def test_a_debt_that_was_carried_to_another_card_keeps_its_age(books: UnitOfWork) -> None:
    first = draws(books, 1, days_ago=100)
    cards.replace(
        books,
        tenant_id="demo",
        card_no=CARD,
        new_card_no=NEW,
        actor="lin.xia",
        reason="lost",
        kind=CardKind.ID,
    )
    with clock.frozen(clock.now() + DEBT_WAITS + timedelta(seconds=1)):
        cards.carry_all(books, tenant_id="demo")

        (debt,) = listed(books)
    assert (debt.card_no, debt.drawn_with) == (NEW, CARD)
    assert (debt.since, debt.band) == (first, Band.LONGER)


@pytest.mark.req("C14")
def test_a_holder_is_reminded_once_in_seven_days_however_often_somebody_asks(
    books: UnitOfWork,
) -> None:
    draws(books, 1)
    assert [one.may_remind for one in listed(books)] == [True]

    reminders.remind(books, tenant_id="demo", card_no=CARD, actor="lin.xia")
    assert "已欠水费 1.00 元" in told(books)[-1]
    with clock.frozen(clock.now() + 6 * _DAY), pytest.raises(reminders.RemindedLatelyError):
        reminders.remind(books, tenant_id="demo", card_no=CARD, actor="he.qing")
    assert [one.may_remind for one in listed(books)] == [False]
    assert len(told(books)) == 1

    with clock.frozen(clock.now() + 7 * _DAY):
        reminders.remind(books, tenant_id="demo", card_no=CARD, actor="he.qing")
    assert len(told(books)) == 2


def test_who_is_not_known_or_owes_nothing_is_not_reminded(books: UnitOfWork) -> None:
    draws(books, 1, BEARER)

    with pytest.raises(reminders.NobodyToRemindError):
        reminders.remind(books, tenant_id="demo", card_no=BEARER, actor="lin.xia")
    with pytest.raises(ConflictError, match="owes nothing"):
        reminders.remind(books, tenant_id="demo", card_no=CARD, actor="lin.xia")
    assert told(books) == []
    assert [one.may_remind for one in listed(books)] == [False]

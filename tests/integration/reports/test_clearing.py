"""What a clearing account holds, read off the business's own rows, and what nothing explains."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tapline import clock, ledger, people, reports
from tapline.cards import tills, topups
from tapline.cards.facts import ingest
from tapline.ledger import chart
from tapline.people import Role
from tapline.reports import ClearingActor, Explained
from tapline.uow import UnitOfWork
from tests import factories

CARD = "88001234"


@pytest.fixture
def money(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """A card, and a colleague with a till."""
    with clock.frozen(factories.START):
        factories.tenant(uow)
        factories.device(uow, "WD-1")
        factories.card(uow, CARD)
        yield uow


def accounts(uow: UnitOfWork) -> dict[str, Explained]:
    return {one.row.code: one for one in reports.clearing(uow, tenant_id="demo")}


def entered(uow: UnitOfWork, key: str, movement: ledger.Movement, **source: str) -> None:
    command = ledger.Command(
        key=key, kind="test", event_at=clock.now(), movement=movement, content={}, source=source
    )
    ledger.post(uow, tenant_id="demo", commands=[command])


def adjusted(uow: UnitOfWork, debit: ledger.Account, credit: ledger.Account, fen: int) -> None:
    ledger.adjust(
        uow,
        tenant_id="demo",
        debit=debit.code,
        credit=credit.code,
        amount=fen,
        reason="银行回单 1",
        evidence="银行回单",
        actor="he.qing",
    )


def test_money_that_no_row_of_the_business_accounts_for_comes_first(money: UnitOfWork) -> None:
    fact = factories.fact("WD-1", 1, "99990001", atc=1, before_fen=500)
    ingest(money, tenant_id="demo", facts=[fact])
    entered(money, "odd", ledger.Transfer(chart.psp("wechat"), chart.WATER, 77))

    first, second = reports.clearing(money, tenant_id="demo")

    assert (first.row.code, first.unexplained_fen, list(first.items)) == ("psp:wechat", 77, [])
    assert (second.row.code, second.unexplained_fen) == ("suspense:WD-1", 0)
    (item,) = second.items
    assert (item.subject, item.why, item.amount_fen) == ("WD-1 #1", "unknown_card", 100)


def test_cash_is_explained_by_what_was_taken_since_the_till_was_counted(money: UnitOfWork) -> None:
    taker, _ = people.create_staff(
        money, tenant_id="demo", login="lin.xia", name="林夏", role=Role.AGENT
    )
    counter, _ = people.create_staff(
        money, tenant_id="demo", login="he.qing", name="何青", role=Role.SUPERVISOR
    )
    till = tills.open_for(money, tenant_id="demo", staff=taker)

    def takes(amount_fen: int) -> topups.TopUp:
        clock.advance(timedelta(minutes=1))
        return topups.take_cash(
            money,
            tenant_id="demo",
            card_no=CARD,
            amount_fen=amount_fen,
            staff=taker,
            request_key=str(amount_fen),
        )

    takes(1000)
    second = takes(2000)
    clock.advance(timedelta(minutes=1))
    tills.hand_over(
        money,
        tenant_id="demo",
        till_id=till.till_id,
        expected_fen=3000,
        counted_fen=2990,
        staff=counter,
        reason="少一角",
        request_key="count",
    )
    assert accounts(money) == {}

    takes(3000)
    (held,) = accounts(money).values()
    assert (held.row.balance, held.unexplained_fen) == (3000, 0)
    topups.undo_cash(money, tenant_id="demo", topup_id=second.topup_id, staff=taker, reason="打错")
    (held,) = accounts(money).values()
    assert (held.row.balance, held.unexplained_fen) == (1000, 0)
    assert [item.amount_fen for item in held.items] == [-2000, 3000]


def test_what_a_person_moved_is_told_in_his_words(money: UnitOfWork) -> None:
    ingest(
        money,
        tenant_id="demo",
        facts=[factories.fact("WD-1", 1, "99990001", atc=1, before_fen=500)],
    )
    adjusted(money, chart.METER, chart.suspense("WD-1"), 40)

    (held,) = accounts(money).values()
    assert (held.row.balance, held.unexplained_fen) == (60, 0)
    by_hand = next(item for item in held.items if item.why == "by_hand")
    assert (by_hand.words, by_hand.actor) == ("银行回单 1", ClearingActor.FINANCE)

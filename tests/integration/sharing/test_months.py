"""A month between two operators: what stood at its beginning and all rows come to what the accounts
hold at its end."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tapline import clock, ledger, reports
from tapline.cards.issuers import receipts, settlements
from tapline.ledger import chart
from tapline.reports import OperatorMonth, OperatorRow
from tapline.sharing import claims
from tapline.uow import UnitOfWork
from tests.integration.sharing.houses import House
from tests.integration.sharing.trade import DRY, NOON, Trade

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def trade(uow: UnitOfWork, demo: House, far: House) -> Iterator[Trade]:
    """In November the card draws 3.00 and 1.50 at `far`'s, of which the second gave no water."""
    with clock.frozen(NOON):
        trade = Trade(uow)
        trade.draws("demo")
        trade.draws("far", 300)
        trade.draws("far", 150, **DRY)
        trade.draws("demo")
        yield trade


def month(trade: Trade, tenant_id: str, first: date) -> OperatorMonth:
    issuer_id = {"far": "op-demo", "demo": "op-far"}[tenant_id]
    found = reports.operator_month(trade.uow, tenant_id=tenant_id, issuer_id=issuer_id, month=first)
    sums = found.opening
    for _, sides in found.rows:
        sums = sums.plus(sides)
    assert sums == found.closing
    return found


def row(found: OperatorMonth, kind: OperatorRow) -> tuple[int, int]:
    return tuple(dict(found.rows)[kind])  # type: ignore[return-value]


def posts(trade: Trade, key: str, debit: ledger.Account, credit: ledger.Account, fen: int) -> None:
    command = ledger.Command(
        key=key,
        kind=key.partition(":")[0],
        event_at=clock.now(),
        movement=ledger.Transfer(debit, credit, fen),
        content={},
    )
    ledger.post(trade.uow, tenant_id="demo", commands=[command])


@pytest.mark.req("C58")
def test_a_month_adds_up_to_the_accounts_with_everything_that_may_happen_in_it(
    trade: Trade,
) -> None:
    made = trade.demands_tomorrow()
    trade.takes(made.document)
    due, owed = chart.issuer_due("op-far"), chart.interop_due_to("op-far")
    posts(trade, "dev:A:900", due, chart.WATER, 500)
    claims.set_off(trade.uow, tenant_id="demo", issuer_id="op-far", fen=300, actor="cai.demo")
    receipts.receive(
        trade.uow,
        tenant_id="demo",
        issuer_id="op-far",
        amount_fen=120,
        reference="B-9",
        value_date=clock.business_date(clock.now()),
        actor="cai.demo",
    )
    posts(trade, "adj:1", owed, chart.GOODWILL, 10)

    found = month(trade, "demo", NOVEMBER)

    assert found.opening == (0, 0)
    assert row(found, OperatorRow.OURS) == (500, 0)
    assert row(found, OperatorRow.THEIRS) == (0, 450)
    assert row(found, OperatorRow.CORRECTED) == (0, -150)
    assert row(found, OperatorRow.SET_OFF) == (-300, -300)
    assert row(found, OperatorRow.PAID) == (-120, 0)
    assert row(found, OperatorRow.BY_HAND) == (0, -10)
    stands = claims.account(trade.uow, tenant_id="demo", issuer_id="op-far")
    assert found.closing == stands == (80, -10)
    assert found.unclaimed_fen == 500


def test_a_month_that_is_over_never_changes_and_the_next_begins_where_it_ended(
    trade: Trade,
) -> None:
    made = trade.demands_tomorrow()
    trade.takes(made.document)
    november = {house: month(trade, house, NOVEMBER) for house in ("far", "demo")}
    assert november["far"].closing.owed_to_us_fen == november["demo"].closing.owed_by_us_fen == 300
    assert november["far"].unclaimed_fen == 0

    clock.advance(timedelta(days=30))
    trade.disowns()
    trade.takes(trade.demands_tomorrow().document)

    for house in ("far", "demo"):
        assert month(trade, house, NOVEMBER) == november[house]
        december = month(trade, house, DECEMBER)
        assert december.opening == november[house].closing
        assert december.closing == (0, 0)
    assert row(month(trade, "demo", DECEMBER), OperatorRow.CORRECTED) == (0, -300)


def test_what_is_given_up_and_what_is_not_claimed_yet_is_said(trade: Trade) -> None:
    found = month(trade, "far", NOVEMBER)
    assert (found.unclaimed_fen, found.closing.owed_to_us_fen) == (300, 300)
    posts(trade, "issuer_loss:1", chart.ISSUER_LOSS, chart.issuer_due("op-far"), 40)
    assert row(month(trade, "demo", NOVEMBER), OperatorRow.GIVEN_UP) == (-40, 0)
    assert settlements.unclaimed(trade.uow, tenant_id="far", issuer_id="op-demo") == 300

"""The acts of finance, each with what must be there before: for tests that kill them."""

from collections.abc import Callable
from datetime import timedelta

from tapline import clock, imports, ledger
from tapline.cards import tills
from tapline.cards.issuers import settlements
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.payments import bills
from tapline.people import Role
from tests.integration.imports.books import Rows, workbook
from tests.integration.invariants.arrivals import arrives, poured
from tests.integration.invariants.crashes import Work
from tests.integration.invariants.grounds import FIRST_FEN, HELD, KINDS
from tests.integration.invariants.operators import Operator
from tests.integration.payments.billing import Row, file_of, text_of
from tests.integration.year.house import ISSUER


def count_a_till(operator: Operator) -> Work:
    return lambda uow: tills.hand_over(
        uow,
        tenant_id=operator.tenant_id,
        till_id=operator.house.till.till_id,
        expected_fen=len(KINDS) * FIRST_FEN,
        counted_fen=len(KINDS) * FIRST_FEN - 100,
        staff=operator.house.office[Role.FINANCE],
        reason="counted twice",
        request_key="count",
    )


def post_by_hand(operator: Operator) -> Work:
    name = new_id()
    return lambda uow: ledger.adjust(
        uow,
        tenant_id=operator.tenant_id,
        actor="finance",
        debit=chart.GOODWILL.code,
        credit=chart.card(HELD).pending_load.code,
        amount=500,
        unit=chart.FEN,
        reason="warm water",
        evidence="ticket 1",
        adjustment_id=name,
    )


def close_a_day(operator: Operator) -> Work:
    clock.advance(timedelta(days=1))
    with operator.house.open() as uow:
        ledger.seal(uow)
    with operator.house.open() as uow:
        day = ledger.days_due(uow, tenant_id=operator.tenant_id)[0]
    return lambda uow: ledger.close_day(uow, tenant_id=operator.tenant_id, day=day, actor="finance")


def take_a_bill(operator: Operator) -> Work:
    """A provider's bill with a payment of ours, its fee, and one that we do not know."""
    operator.asks_to_pay(HELD, 2000)
    operator.money_comes(operator.unpaid[0])
    (trade,) = operator.provider.trades.values()
    assert trade.paid_at is not None
    rows = [
        Row(
            at=trade.paid_at,
            trade_no=trade.provider_trade_no or "",
            out_trade_no=trade.out_trade_no,
            amount_fen=2000,
            fee_fen=12,
        ),
        Row(at=trade.paid_at, trade_no="T-strange", out_trade_no="strange", amount_fen=777),
    ]
    clock.advance(timedelta(days=1))
    with operator.house.open() as uow:
        bills.plan(uow, tenant_id=operator.tenant_id, providers=["wechat"])
        bill = bills.listed(uow, tenant_id=operator.tenant_id)[0]
    content = file_of(text_of(rows)).content
    return lambda uow: bills.take_file(
        uow, tenant_id=operator.tenant_id, bill_id=bill.bill_id, content=content
    )


def settle_with_an_issuer(operator: Operator) -> Work:
    fact = poured(operator, "20250001")
    arrives(operator, fact)
    clock.advance(timedelta(days=1))
    yesterday = clock.business_date(clock.now()) - timedelta(days=1)
    return lambda uow: settlements.issue(
        uow,
        tenant_id=operator.tenant_id,
        issuer_id=ISSUER,
        period_to=yesterday,
        actor="finance",
    )


def take_over_old_books(operator: Operator) -> Work:
    """Cards with what is on them, approved by a second person: the next lines."""
    tenant_id = operator.tenant_id
    rows: Rows = {"cards": [(f"{tenant_id}-9", "id", "", "50.00", 10, "", "")]}
    with operator.house.open() as uow:
        import_id = imports.upload(
            uow,
            tenant_id=tenant_id,
            source="old-erp",
            files=[("books.xlsx", workbook(rows))],
            actor="he.qing",
        ).import_id
        imports.advance(uow, tenant_id=tenant_id, import_id=import_id)
        imports.approve(uow, tenant_id=tenant_id, import_id=import_id, actor="zhao.min")
    return lambda uow: imports.advance(uow, tenant_id=tenant_id, import_id=import_id)


OFFICE: list[Callable[[Operator], Work]] = [
    count_a_till,
    post_by_hand,
    close_a_day,
    take_a_bill,
    settle_with_an_issuer,
    take_over_old_books,
]

"""Finance sees what a provider's bill and our books do not agree on, and settles it."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from tapline import clock, payments, people
from tapline.ledger import Account
from tapline.payments import Credit, Trade, TradeStatus, bills
from tapline.payments.bills import BreakKind
from tapline.people import Role
from tapline.uow import Database
from tests.api.browsing import Visitor, words_of
from tests.integration.payments.billing import Row, file_of, text_of
from tests.integration.payments.provider import FakeProvider
from tests.world import World, staff

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}
STRANGE = "T-stranger-77"


@pytest.fixture(scope="module")
def day(estate: World, estate_database: Database, provider: FakeProvider) -> date:
    """A day on which a stranger paid, and that a bill has come for."""
    now = clock.now()
    day = clock.business_date(now)
    with estate_database.transaction() as uow:
        for login in ("cw.bills", "cw.second"):
            staff(uow, estate, "demo", login, "财务", Role.FINANCE)
        payments.begin(
            uow,
            tenant_id="demo",
            provider="wechat",
            subject="sale:bills",
            amount_fen=100,
            credits=[Credit(Account("order:0:unearned", "C", bounded=True), 100)],
            customer_id=None,
            expires_at=now + timedelta(days=3),
        )
    at = clock.begins(day) + timedelta(hours=1)
    row = Row(at=at, trade_no=STRANGE, out_trade_no="stranger", amount_fen=1280, fee_fen=8)
    provider.bills[day] = file_of(text_of([row]))
    with clock.frozen(clock.begins(day + timedelta(days=1)) + timedelta(hours=12)):
        bills.fetch_due(estate_database, {"wechat": provider})
    return day


def break_of(database: Database, number: str, owner: UUID | None = None) -> UUID:
    with database.transaction() as uow:
        found = {one.number: one for one in bills.breaks(uow, tenant_id="demo")}
    assert found[number].kind is BreakKind.PAID_THERE
    assert found[number].owner_id == owner
    return found[number].break_id


def test_finance_reads_a_bill_and_two_of_them_give_a_strangers_money_back(
    day: date, visit: Visit, estate_database: Database
) -> None:
    one, other = visit("cw.bills"), visit("cw.second")
    name = break_of(estate_database, STRANGE)

    page = words_of(one.get("/console/bills", **ENGLISH))
    assert "paid there, not here" in page
    assert STRANGE in page
    assert day.isoformat() in page
    with estate_database.transaction() as uow:
        read = [bill for bill in bills.listed(uow, tenant_id="demo") if bill.day == day]
    bill = words_of(one.get(f"/console/bills/{read[0].bill_id}", **ENGLISH))
    assert "Left with the provider" in bill
    assert "12.80" in bill
    for table in ("breaks.xlsx", f"{read[0].bill_id}/lines.xlsx", f"{read[0].bill_id}/file.csv"):
        assert one.get(f"/console/bills/{table}").status_code == 200

    path = f"/console/bills/breaks/{name}"
    with estate_database.transaction() as uow:
        office = {member.login: member for member in people.staff_of(uow, tenant_id="demo")}
    refused = one.post(f"{path}/assign", owner=str(office["lin.xia"].staff_id))
    assert refused.status_code == 422
    one.post(f"{path}/assign", owner=str(office["cw.second"].staff_id))
    assert break_of(estate_database, STRANGE, owner=office["cw.second"].staff_id) == name
    one.post(f"{path}/propose", reason="陌生付款")
    assert "Somebody else has to confirm it" in words_of(one.get(path, **ENGLISH))
    assert one.post(f"{path}/confirm").status_code == 403
    other.post(f"{path}/confirm")
    ended = words_of(other.get(path, **ENGLISH))
    assert "given back" in ended
    assert "On its way back" in ended


def test_a_difference_that_may_stand_is_accepted_with_a_reason(
    day: date, visit: Visit, estate_database: Database
) -> None:
    finance = visit("cw.bills")
    told = Trade(
        out_trade_no="stranger-2",
        status=TradeStatus.PAID,
        amount_fen=900,
        provider_trade_no="T-stranger-78",
        paid_at=clock.now(),
    )
    with estate_database.transaction() as uow:
        payments.take_trade(uow, tenant_id="demo", provider="wechat", trade=told)
    path = f"/console/bills/breaks/{break_of(estate_database, 'T-stranger-78')}"

    assert "told before any bill" in words_of(finance.get(path, **ENGLISH))
    finance.post(f"{path}/accept", reason="测试商户号的付款")

    assert "测试商户号的付款" in words_of(finance.get(path, **ENGLISH))
    assert "accepted" in words_of(finance.get(path, **ENGLISH))


def test_bills_are_no_business_of_agents(day: date, visit: Visit) -> None:
    assert visit("lin.xia").get("/console/bills").status_code in {303, 403}

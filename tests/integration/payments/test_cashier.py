"""The simulated payment provider and we, each in a process of its own, over HTTP."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import httpx2
import pytest

from tapline import clock, payments
from tapline.files import FlawedError
from tapline.payments import (
    BillNotReadyError,
    GatewayRefusedError,
    PaymentState,
    PayoutState,
    TradeStatus,
)
from tapline.payments.bills import LineKind
from tapline.payments.bills import rules as bill_rules
from tapline_ops.cashier import wire
from tapline_ops.cashier.billing import Wrong
from tapline_ops.providers.payments import HttpCashier
from tests import factories
from tests.conftest import Template
from tests.integration.ops.mqtt import until
from tests.integration.payments.street import PATIENCE_S, House, Street, press, served


@pytest.fixture(autouse=True)
def noon() -> None:
    """Real time: two processes share it."""


@pytest.fixture(scope="module")
def street(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with template.cloned() as database:
        street = Street(database, tmp_path_factory.mktemp("cashier"))
        street.open()
        try:
            with served(street):
                yield street
        finally:
            street.kill()


@pytest.fixture
def house(street: Street) -> House:
    tenant_id = f"t{secrets.token_hex(4)}"
    with street.database.transaction() as uow:
        factories.tenant(uow, tenant_id)
    return House(street, tenant_id)


def a_little_later() -> AbstractContextManager[None]:
    """Our clock when it is time to ask; the cashier's own is close enough to trust us."""
    return clock.frozen(clock.now() + timedelta(seconds=15))


def read(page: str) -> str:
    return httpx2.get(page, timeout=30, trust_env=False).text


def test_the_page_says_what_is_paid_to_whom_and_that_it_is_a_sham(house: House) -> None:
    _, page = house.asked(12_345)

    shown = read(page)

    assert "123.45" in shown
    assert f"{house.tenant_id} 直饮水" in shown
    assert "桶装水押金" in shown
    assert "模拟收银台" in shown
    assert '<html lang="zh-CN">' in shown


def test_paying_sends_the_customer_home_and_the_notification_to_us(house: House) -> None:
    payment, page = house.asked()

    answer = press(page, act="pay", notify="in_time", refunding="at_once")

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "https://water.example/portal/orders/1",
    )
    until(lambda: house.state(payment) is PaymentState.PAID, PATIENCE_S)
    assert house.balances() == {"psp:wechat": 5000, "deposit:bucket:1": 5000}
    assert "已支付" in read(page)


def test_whoever_cancels_can_come_back_and_pay(house: House) -> None:
    payment, page = house.asked()

    assert press(page, act="cancel").status_code == 303
    assert (
        house.street.gateway.query(out_trade_no=payment.out_trade_no).status is TradeStatus.UNPAID
    )

    press(page, act="pay", notify="twice", refunding="at_once")
    until(lambda: sorted(house.notices()) == ["applied", "repeated"], PATIENCE_S)
    assert house.balances()["psp:wechat"] == 5000


def test_what_is_never_notified_is_known_when_asked(house: House) -> None:
    payment, page = house.asked()
    press(page, act="pay", notify="never", refunding="at_once")

    def known() -> bool:
        payments.query_pending(house.database, house.gateways)
        return house.state(payment) is PaymentState.PAID

    with a_little_later():
        until(known, PATIENCE_S)
    assert house.notices() == []


def test_a_refund_is_accepted_then_made_then_told(house: House) -> None:
    payout = house.refunded(house.paid())
    assert house.leg(payout) is PayoutState.PROCESSING

    until(lambda: house.leg(payout) is PayoutState.SUCCEEDED, PATIENCE_S)

    assert house.balances() == {"psp:wechat": 3000, "deposit:bucket:1": 3000}


def test_a_refund_that_cannot_reach_the_payer_is_finances_turn(house: House) -> None:
    payout = house.refunded(house.paid(refunding="abnormal"))

    until(lambda: house.leg(payout) is PayoutState.ABNORMAL, PATIENCE_S)

    assert house.balances()["refund_payable"] == 2000


def test_a_killed_cashier_forgets_nothing_it_had_answered(house: House) -> None:
    payment = house.paid()
    payout = house.refunded(payment)

    house.street.restart()

    assert house.street.gateway.query(out_trade_no=payment.out_trade_no).status is TradeStatus.PAID
    until(lambda: house.leg(payout) is PayoutState.SUCCEEDED, PATIENCE_S)
    assert "20.00" in read(house.street.origin)


def test_a_cashier_that_is_away_leaves_the_refund_waiting_for_it(house: House) -> None:
    payment = house.paid(refunding="at_once")
    house.street.kill()

    payout = house.refunded(payment)
    assert house.leg(payout) is PayoutState.UNKNOWN
    house.street.open()

    def made() -> bool:
        payments.query_pending(house.database, house.gateways)
        payments.send_waiting(house.database, house.gateways)
        return house.leg(payout) is PayoutState.SUCCEEDED

    with a_little_later():
        until(made, PATIENCE_S)
    assert house.balances() == {"psp:wechat": 3000, "deposit:bucket:1": 3000}


def test_the_cashier_keeps_the_rules_of_the_providers_it_stands_for(house: House) -> None:
    house.street.gateway.bring_along(brought("4200001", paid_at=clock.now() - timedelta(days=400)))
    house.street.gateway.bring_along(brought("4200002", paid_at=clock.now() - timedelta(days=4)))

    def refund(number: str, order: str, amount_fen: int) -> payments.RefundReport:
        asked = payments.RefundOrder(
            out_refund_no=number,
            provider_trade_no=order,
            amount_fen=amount_fen,
            total_fen=20_000,
            reason="",
        )
        return house.street.gateway.refund(asked)

    with pytest.raises(GatewayRefusedError, match="too_old"):
        refund("R1", "4200001", 100)
    with pytest.raises(GatewayRefusedError, match="too_much"):
        refund("R2", "4200002", 20_001)
    with pytest.raises(GatewayRefusedError, match="not_paid"):
        refund("R3", "4200003", 100)
    refund("R4", "4200002", 100)
    assert refund("R4", "4200002", 100).amount_fen == 100  # the same again is the same
    with pytest.raises(GatewayRefusedError, match="number_taken"):
        refund("R4", "4200002", 200)
    with pytest.raises(httpx2.HTTPStatusError, match="429"):
        refund("R5", "4200002", 100)


def test_nobody_without_the_key_gives_the_cashier_orders(house: House) -> None:
    stranger = HttpCashier("wechat", url=house.street.origin, key=bytes(32))

    with pytest.raises(httpx2.HTTPStatusError, match="401"):
        stranger.query(out_trade_no="1")


def brought(number: str, *, paid_at: datetime) -> wire.BroughtAlong:
    return wire.BroughtAlong(
        provider="wechat",
        tenant_id="demo",
        provider_trade_no=number,
        amount_fen=20_000,
        paid_at=paid_at,
    )


def test_the_cashiers_bill_of_a_day_is_there_the_day_after_with_whatever_is_wrong_in_it(
    house: House,
) -> None:
    cashier, now = house.street.gateway, clock.now()
    day = clock.business_date(now) - timedelta(days=3)
    cashier.bring_along(
        wire.BroughtAlong(
            provider="wechat",
            tenant_id=house.tenant_id,
            provider_trade_no=f"T{house.tenant_id}",
            amount_fen=5000,
            paid_at=clock.begins(day) + timedelta(hours=23),
        )
    )

    def lines(*wrongs: Wrong) -> list[tuple[LineKind, int, int]]:
        cashier.spoil(wire.SpoiltBill("wechat", house.tenant_id, day, wrongs))
        file = cashier.bill(tenant_id=house.tenant_id, day=day)
        assert hashlib.sha1(file.content).hexdigest() == file.sha1
        told = bill_rules.read(file.content, day)
        return [(one.kind, one.amount_fen, one.fee_fen) for one in told.lines]

    payment = (LineKind.PAYMENT, 5000, 30)
    assert lines() == [payment]
    assert lines(Wrong.TWICE) == [payment, payment]
    assert lines(Wrong.MISSING) == []
    assert lines(Wrong.AMOUNT, Wrong.FEE) == [(LineKind.PAYMENT, 5100, 130)]
    stranger = (LineKind.PAYMENT, 1234, 7)
    assert lines(Wrong.FOREIGN) == [payment, stranger]
    assert lines(Wrong.REFUND) == [payment, (LineKind.REFUND, 500, -3)]
    with pytest.raises(FlawedError, match="line 2"):
        lines(Wrong.MALFORMED)
    with pytest.raises(BillNotReadyError):
        cashier.bill(tenant_id=house.tenant_id, day=clock.business_date(now))

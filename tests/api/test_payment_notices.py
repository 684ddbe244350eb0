"""The door that payment providers knock at: no sign-in, the signature is the proof."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tapline import clock, ledger, payments
from tapline.payments import Credit, Payment, PaymentState, Trade, TradeStatus, Verdict
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_ops import signature
from tapline_ops.cashier import wire
from tapline_ops.providers.payments import HttpCashier
from tests import factories

KEY = bytes(range(32))
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
UNEARNED = ledger.Account("order:1:unearned", "C", bounded=True)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def payment(fresh_database: Database) -> Payment:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        return payments.begin(
            uow,
            tenant_id="demo",
            provider="wechat",
            subject="order:1",
            amount_fen=5000,
            credits=[Credit(UNEARNED, 5000)],
            customer_id=None,
            expires_at=NOON + timedelta(minutes=30),
        )


@pytest.fixture
def door(fresh_database: Database) -> TestClient:
    config = WebConfig(origin="http://testserver", requests_per_minute=1)
    gateways = {"wechat": HttpCashier("wechat", url="http://127.0.0.1:9", key=KEY)}
    return TestClient(create_app(fresh_database, config, gateways))


def notice(payment: Payment, *, provider: str = "wechat", amount_fen: int = 5000) -> bytes:
    trade = Trade(
        out_trade_no=payment.out_trade_no,
        status=TradeStatus.PAID,
        amount_fen=amount_fen,
        provider_trade_no="4200001",
        paid_at=clock.now(),
    )
    return msgspec.json.encode(wire.Notice(id="N1", provider=provider, trade=trade))


def knock(
    door: TestClient, body: bytes, headers: dict[str, str] | None = None, path: str = "wechat/demo"
) -> Response:
    proof = signature.signed(KEY, wire.NOTICE, body) if headers is None else headers
    return door.post(f"/api/v1/payments/notices/{path}", content=body, headers=proof)


def standing(database: Database, payment: Payment) -> tuple[PaymentState, int]:
    """The payment's state, and how many notifications were kept."""
    with database.transaction() as uow:
        found = payments.get(uow, tenant_id="demo", payment_id=payment.payment_id)
        return found.state, len(payments.received(uow, tenant_id="demo"))


def test_a_signed_notification_is_answered_once_it_is_in_the_books(
    door: TestClient, payment: Payment, fresh_database: Database
) -> None:
    answer = knock(door, notice(payment))

    assert answer.status_code == 204
    assert standing(fresh_database, payment) == (PaymentState.PAID, 1)


def test_providers_are_not_turned_away_for_coming_often(
    door: TestClient, payment: Payment, fresh_database: Database
) -> None:
    answers = [knock(door, notice(payment)).status_code for _ in range(5)]

    assert answers == [204] * 5
    assert standing(fresh_database, payment) == (PaymentState.PAID, 5)


@pytest.mark.parametrize("changed", ["body", "key", "unsigned"])
def test_what_the_provider_did_not_sign_is_refused_and_leaves_nothing(
    door: TestClient, payment: Payment, fresh_database: Database, changed: str
) -> None:
    body = notice(payment)
    headers = {
        "body": signature.signed(KEY, wire.NOTICE, body + b" "),
        "key": signature.signed(bytes(32), wire.NOTICE, body),
        "unsigned": {},
    }[changed]

    answer = knock(door, body, headers)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert standing(fresh_database, payment) == (PaymentState.CREATED, 0)


def test_a_request_of_ours_cannot_be_sent_back_to_us_as_a_notification(
    door: TestClient, payment: Payment
) -> None:
    body = notice(payment)

    assert knock(door, body, signature.signed(KEY, "/api/orders", body)).status_code == 401


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_notification_from_another_hour_is_refused(
    door: TestClient, payment: Payment, fresh_database: Database, minutes: int
) -> None:
    body = notice(payment)
    headers = signature.signed(KEY, wire.NOTICE, body)
    clock.advance(timedelta(minutes=minutes))

    assert knock(door, body, headers).status_code == 401
    assert standing(fresh_database, payment) == (PaymentState.CREATED, 0)


def test_the_very_same_delivery_twice_is_a_replay(
    door: TestClient, payment: Payment, fresh_database: Database
) -> None:
    body = notice(payment)
    headers = signature.signed(KEY, wire.NOTICE, body)

    assert knock(door, body, headers).status_code == 204
    assert knock(door, body, headers).status_code == 401
    assert standing(fresh_database, payment) == (PaymentState.PAID, 1)


def test_a_notification_for_another_provider_or_operator_moves_nothing(
    door: TestClient, payment: Payment, fresh_database: Database
) -> None:
    with fresh_database.transaction() as uow:
        factories.tenant(uow, "other")

    assert knock(door, notice(payment, provider="alipay")).status_code == 401
    assert knock(door, notice(payment), path="alipay/demo").status_code == 404
    assert knock(door, notice(payment), path="wechat/nobody").status_code == 404
    assert knock(door, notice(payment), path="wechat/other").status_code == 204  # kept, set aside

    assert standing(fresh_database, payment) == (PaymentState.CREATED, 0)
    with fresh_database.transaction() as uow:
        (kept,) = payments.received(uow, tenant_id="other")
    assert kept.verdict is Verdict.SET_ASIDE


def test_a_wrong_amount_is_kept_and_answered_so_that_it_is_not_repeated(
    door: TestClient, payment: Payment, fresh_database: Database
) -> None:
    assert knock(door, notice(payment, amount_fen=1)).status_code == 204

    with fresh_database.transaction() as uow:
        (kept,) = payments.received(uow, tenant_id="demo", verdict=Verdict.SET_ASIDE)
    assert kept.body == notice(payment, amount_fen=1)
    assert standing(fresh_database, payment) == (PaymentState.CREATED, 1)


def test_a_flood_of_bytes_is_cut_off(door: TestClient, payment: Payment) -> None:
    assert knock(door, b"x" * 70_000).status_code == 413


def test_signed_nonsense_is_refused(door: TestClient, payment: Payment) -> None:
    assert knock(door, b"{}").status_code == 401
    assert knock(door, b"[[[[").status_code == 401

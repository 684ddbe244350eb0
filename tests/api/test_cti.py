"""What a telephone exchange tells over HTTP: signed, kept, answered after the commit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tapline import clock, hotline
from tapline.hotline import Call, CallEvent, CallState
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_ops import signature
from tapline_ops.providers.telephony import HttpExchange
from tapline_ops.telephony import wire
from tests import factories

KEY = bytes(range(32))
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PATH = "/api/v1/telephony/events/sim/demo"


@pytest.fixture
def database(fresh_database: Database) -> Database:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.tenant(uow, "other")
        hotline.open_number(uow, tenant_id="demo", number="400-000-1234", actor="test")
    return fresh_database


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    config = WebConfig(origin="http://testserver", requests_per_minute=1)
    exchange = HttpExchange(url="http://127.0.0.1:9", key=KEY)
    with clock.frozen(NOON):
        yield TestClient(create_app(database, config, exchanges={"sim": exchange}))


def arrived(ref: str = "c-1") -> bytes:
    return msgspec.json.encode(
        {
            "id": f"e-{ref}",
            "schema": "tapline.cti/1",
            "type": "call.arrived",
            "provider": "sim",
            "occurred_at": "2026-11-23T12:00:00+08:00",
            "call": {"ref": ref, "ani": "+8613800138000", "dnis": "4000001234"},
            "queue": {"name": "fields that we do not know are no mistake"},
        }
    )


def post(client: TestClient, body: bytes, path: str = PATH, key: bytes = KEY) -> int:
    headers = signature.signed(key, wire.EVENT, body)
    return client.post(path, content=body, headers=headers).status_code


def kept(database: Database) -> list[tuple[str, str | None]]:
    with database.transaction() as uow:
        rows = uow.session.scalars(
            select(CallEvent).where(CallEvent.provider.is_not(None)).order_by(CallEvent.position)
        )
        return [(row.kind, row.ignored) for row in rows]


def test_a_signed_event_begins_a_call_and_a_second_delivery_is_no_second_call(
    client: TestClient, database: Database
) -> None:
    assert [post(client, arrived()) for _ in range(2)] == [204, 204]

    assert kept(database) == [("call.arrived", None), ("call.arrived", "duplicate")]
    with database.transaction() as uow:
        (call,) = uow.session.scalars(select(Call))
    assert (call.state, call.ani) == (CallState.IVR, "13800138000")


def test_many_calls_come_from_one_address(client: TestClient) -> None:
    assert {post(client, arrived(f"c-{number}")) for number in range(5)} == {204}


def test_what_is_not_signed_with_the_key_is_refused_and_not_kept(
    client: TestClient, database: Database
) -> None:
    assert post(client, arrived(), key=bytes(32)) == 401
    assert client.post(PATH, content=arrived()).status_code == 401
    assert kept(database) == []


def test_an_old_delivery_cannot_be_played_again(client: TestClient, database: Database) -> None:
    headers = signature.signed(KEY, wire.EVENT, arrived())
    clock.advance(timedelta(minutes=6))

    assert client.post(PATH, content=arrived(), headers=headers).status_code == 401
    assert kept(database) == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"id": "x\\u0000", "type": "call.arrived"}',
        arrived().replace(b"+08:00", b""),
        b"[" * 5000,
    ],
)
def test_what_cannot_be_read_is_kept_for_whoever_mends_the_adapter(
    client: TestClient, database: Database, body: bytes
) -> None:
    assert post(client, body) == 204

    ((kind, why),) = kept(database)
    assert kind == "unreadable"
    assert why


def test_an_operator_without_a_number_has_no_such_address(client: TestClient) -> None:
    assert post(client, arrived(), PATH.replace("demo", "other")) == 404
    assert post(client, arrived(), PATH.replace("sim", "qimo")) == 404


def test_a_message_without_end_is_refused(client: TestClient) -> None:
    assert post(client, b" " * 70_000) == 413

"""Whatever a device signs is settled: no message of a known type makes the platform fail."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tapline import ledger
from tapline.uow import Database, UnitOfWork
from tapline_gateway.protocol import UPLINKS, Message, Telemetry, TxnBatch, encode
from tests.integration.consequences import drain
from tests.integration.wire.device import Machine, machine
from tests.unit.protocol.strategies import messages

NAMES = [message.NAME for message in UPLINKS if message is not Telemetry]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_signed_message_is_handled_and_its_copy_changes_nothing(
    database: Database, name: str, data: st.DataObject
) -> None:
    said = data.draw(st.lists(messages(name), min_size=1, max_size=4))
    with (
        database.engine.connect() as connection,
        connection.begin() as outer,
        Session(connection, expire_on_commit=False) as session,
    ):
        device = machine(UnitOfWork(session))
        letters = [device.letter(name, **body(message)) for message in said]
        device.send(*letters)
        drain(device.uow)
        books = ledger.trial(device.uow, tenant_id="demo")
        device.send(*letters)
        drain(device.uow)

        assert ledger.trial(device.uow, tenant_id="demo") == books
        outer.rollback()


def body(message: Message) -> dict[str, Any]:
    assert isinstance(message, TxnBatch) or message.NAME != "up/txn"
    body: dict[str, Any] = json.loads(encode(message))
    return body


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("up/evt", {"evt_seq": 1, "code": "lost", "data": {"from": True, "to": True}}),
        ("up/evt", {"evt_seq": 1, "code": "lost", "data": {"from": 9, "to": 2}}),
        ("up/evt", {"evt_seq": 1, "code": "leak", "data": {"n": 10**30}}),
    ],
)
def test_odd_values_are_handled(uow: UnitOfWork, name: str, body: dict[str, Any]) -> None:
    device: Machine = machine(uow)
    before = ledger.trial(uow, tenant_id="demo")

    device.say(name, **body)

    assert ledger.trial(uow, tenant_id="demo") == before

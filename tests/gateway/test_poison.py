"""One message that makes the platform fail harms no other, and nothing is acknowledged early."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tapline import ledger
from tapline.devices import messages
from tapline.uow import Database
from tapline_gateway import settling
from tapline_gateway.gateway import Gateway
from tapline_gateway.handlers import handle
from tapline_gateway.link import Arrival, MqttConfig
from tapline_gateway.protocol import TotalsReport, seal
from tests.factories import VAULT, card, device, tenant
from tests.gateway.stranger import pour

CARD, DEVICE = "88001234", "WD-0001"


class Wire:
    """A link on which given messages have arrived; keeps what was acknowledged."""

    connected, session = True, 1

    def __init__(self, key: bytes, *said: tuple[str, dict[str, Any]]) -> None:
        self.acked: list[int] = []
        self.dropped = False
        self._arrivals = [
            self._arrival(key, mid, name, body) for mid, (name, body) in enumerate(said, start=1)
        ]

    def poll(self, _timeout_s: float, *, most: int) -> list[Arrival]:
        taken, self._arrivals = self._arrivals[:most], []
        return taken

    def ack(self, arrivals: Iterable[Arrival]) -> None:
        self.acked += [arrival.mid for arrival in arrivals]

    def publish(self, topic: str, payload: bytes, *, qos: int) -> None:
        pass

    def drop(self) -> None:
        self.dropped = True

    @staticmethod
    def _arrival(key: bytes, mid: int, name: str, body: dict[str, Any]) -> Arrival:
        topic = f"tl1/demo/{DEVICE}/{name}"
        frame = seal(key, topic, json.dumps({"v": 1, "boot": 1} | body).encode())
        return Arrival(topic, frame, retained=False, qos=1, mid=mid, session=1)


def poured(seq: int) -> tuple[str, dict[str, Any]]:
    return "up/txn", {"facts": [pour(seq, CARD, before=1_100 - 100 * seq)]}


TOTALS = ("up/tot", {"n": 1, "fen": 1, "ml": 1})


@pytest.fixture
def key(fresh_database: Database) -> bytes:
    with fresh_database.transaction() as uow:
        tenant(uow)
        card(uow, CARD, 1_000)
        return device(uow, DEVICE).key


def failing(error: Exception) -> Callable[..., Any]:
    """The handlers, which fail on totals."""

    def handle_or_fail(uow: Any, letters: Any, vault: Any) -> Any:
        if any(isinstance(letter.message, TotalsReport) for letter in letters):
            raise error
        return handle(uow, letters, vault)

    return handle_or_fail


def step(database: Database, wire: Wire) -> None:
    serving = Gateway(
        database, MqttConfig(host="", port=0, username="", password="", client_id="t"), VAULT
    )
    serving._link = wire  # type: ignore[assignment]
    serving.step(0)


def balance_fen(database: Database) -> int:
    with database.transaction() as uow:
        return ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen


def test_a_poisonous_message_is_kept_and_the_rest_is_posted_in_order(
    fresh_database: Database, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "handle", failing(ValueError("poison")))
    wire = Wire(key, poured(1), TOTALS, poured(2))

    step(fresh_database, wire)

    assert (wire.acked, wire.dropped) == ([1, 2, 3], False)
    assert balance_fen(fresh_database) == 800
    with fresh_database.transaction() as uow:
        (letter,) = messages.buried(uow, tenant_id="demo")
    assert letter.topic.endswith("up/tot")


def test_nothing_behind_a_message_that_the_database_did_not_take_is_acknowledged(
    fresh_database: Database, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = OperationalError("commit", {}, Exception("the server is gone"))
    monkeypatch.setattr(settling, "handle", failing(away))
    wire = Wire(key, poured(1), TOTALS, poured(2))

    step(fresh_database, wire)

    assert (wire.acked, wire.dropped) == ([], True)
    assert balance_fen(fresh_database) == 1_000

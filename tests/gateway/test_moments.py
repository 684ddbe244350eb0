"""A database or a broker that is there for moments only: what waits gets through all the same."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tapline import ledger
from tapline.uow import Database
from tapline_gateway import settling
from tapline_gateway.gateway import Gateway
from tapline_gateway.handlers import handle
from tapline_gateway.link import Arrival, Link, MqttConfig
from tapline_gateway.portion import MESSAGES_MAX, Portion
from tapline_gateway.protocol import seal
from tests.factories import VAULT, card, device, tenant
from tests.gateway.stranger import pour

CARD, DEVICE, TOPIC = "88001234", "WD-0001", "tl1/demo/WD-0001/up/txn"
NOWHERE = MqttConfig(host="", port=0, username="", password="", client_id="t")


class Broker:
    """A link that brings again, from the first on, whatever was not acknowledged."""

    connected, session = True, 1

    def __init__(self, arrivals: Iterable[Arrival]) -> None:
        self.waiting = list(arrivals)
        self._told = 0

    def poll(self, _timeout_s: float, *, most: int) -> list[Arrival]:
        taken = self.waiting[self._told : self._told + most]
        self._told += len(taken)
        return taken

    def ack(self, arrivals: Iterable[Arrival]) -> None:
        gone = {arrival.mid for arrival in arrivals}
        self.waiting = [arrival for arrival in self.waiting if arrival.mid not in gone]
        self._told -= len(gone)

    def publish(self, topic: str, payload: bytes, *, qos: int) -> None:
        pass

    def drop(self) -> None:
        self._told = 0


def arrival(payload: bytes, mid: int) -> Arrival:
    return Arrival(TOPIC, payload, retained=False, qos=1, mid=mid, session=1)


def poured(key: bytes, seq: int) -> Arrival:
    said = {"v": 1, "boot": 1, "facts": [pour(seq, CARD, before=1_100 - 100 * seq)]}
    return arrival(seal(key, TOPIC, json.dumps(said).encode()), seq)


def test_a_database_that_never_lives_to_the_end_of_a_large_batch_takes_small_ones(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone_after_two(uow: Any, letters: Any, vault: Any) -> Any:
        if len(letters) > 2:
            raise OperationalError("insert", {}, Exception("the server is gone"))
        return handle(uow, letters, vault)

    with fresh_database.transaction() as uow:
        tenant(uow)
        card(uow, CARD, 1_000)
        key = device(uow, DEVICE).key
    monkeypatch.setattr(settling, "handle", gone_after_two)
    broker = Broker(poured(key, seq) for seq in range(1, 10))
    serving = Gateway(fresh_database, NOWHERE, VAULT)
    serving._link = broker  # type: ignore[assignment]

    for _ in range(20):  # each round settles or halves: nine messages cannot need so many
        serving.step(0)

    assert broker.waiting == []
    with fresh_database.transaction() as uow:
        assert ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen == 100


def test_a_batch_that_took_long_is_followed_by_half_of_it_and_a_quick_one_by_twice_as_much() -> (
    None
):
    portion = Portion(MESSAGES_MAX)

    portion.went_well(300, took_s=5.0)
    assert portion.messages == 150
    portion.went_well(150, took_s=0.1)
    assert portion.messages == 300
    portion.went_well(300, took_s=0.1)
    portion.went_well(300, took_s=0.1)
    assert portion.messages == MESSAGES_MAX


def test_one_message_is_tried_however_often_it_fails() -> None:
    portion = Portion()

    for _ in range(10):
        portion.failed(portion.messages)

    assert portion.messages == 1


def test_no_more_is_taken_at_once_than_was_asked_for_and_the_rest_is_not_lost() -> None:
    link = Link(NOWHERE, [])
    link._retry_at = float("inf")  # nobody is called
    brought = [arrival(b"", mid) for mid in range(1, 6)]
    link._arrived = list(brought)  # paho brings more than one where it waits for something

    taken = [link.poll(0, most=2) for _ in range(3)]

    assert [len(some) for some in taken] == [2, 2, 1]
    assert [one for some in taken for one in some] == brought

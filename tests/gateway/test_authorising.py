"""A gateway that dies between the commit and the answer: the device asks again, and is told."""

import json
from typing import Any

import pytest

from tapline import cards, ledger
from tapline.cards import CardKind
from tapline.money import Fen
from tapline.uow import Database
from tapline_gateway.gateway import Gateway
from tapline_gateway.link import MqttConfig
from tests.factories import VAULT, device, tenant
from tests.gateway.test_poison import DEVICE, Wire

CARD = "70001234"
QUESTION = ("up/auth", {"req": "01K", "card": CARD, "want_fen": 300})


class Dying(Wire):
    """A link over which nothing is said any more: the process is killed before it can."""

    def ack(self, arrivals: Any) -> None:
        raise SystemExit


class Hearing(Wire):
    """Keeps what is said down to the device."""

    said: bytes = b""

    def publish(self, topic: str, payload: bytes, *, qos: int) -> None:
        if topic.endswith("/dn/auth"):
            self.said = payload


def step(database: Database, wire: Wire) -> None:
    config = MqttConfig(host="", port=0, username="", password="", client_id="t")
    serving = Gateway(database, config, VAULT)
    serving._link = wire  # type: ignore[assignment]
    serving.step(0)


@pytest.mark.req("C2")
def test_a_kill_between_commit_and_answer_holds_once_and_is_answered_the_same(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as uow:
        tenant(uow)
        key = device(uow, DEVICE).key
        cards.issue(uow, tenant_id="demo", card_no=CARD, kind=CardKind.ID, balance_fen=Fen(1_000))
    with pytest.raises(SystemExit):
        step(fresh_database, Dying(key, QUESTION))

    heard = []
    for _ in range(2):
        wire = Hearing(key, QUESTION)
        step(fresh_database, wire)
        heard.append(wire.said)

    assert heard[0] == heard[1]
    answer = json.loads(heard[0].partition(b".")[2])
    assert (answer["req"], answer["ok"], answer["max_fen"]) == ("01K", True, 300)
    with fresh_database.transaction() as uow:
        assert ledger.card(uow, tenant_id="demo", card_no=CARD).held_fen == 300

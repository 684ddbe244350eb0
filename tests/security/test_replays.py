"""Old frames verify for ever. Said again, each of them changes nothing: the contract's last column.

Whoever has recorded what a device and the platform said to each other, and can say it again in any
order, moves no fen, opens no valve twice, and makes nobody believe what is over.
"""

from typing import Any

import pytest

from tapline import cards, devices
from tapline.cards import CardKind
from tapline.devices import Device, certificates, commands, credentials, provisioning
from tapline.money import Fen
from tapline.uow import Database
from tapline_gateway.protocol import MESSAGES
from tests import factories
from tests.factories import VAULT
from tests.gateway.boxes import to64
from tests.gateway.stranger import pour
from tests.security import papers
from tests.security.wire import Line, Said, Speaker, state_of

PURSE, ONLINE = "88001234", "88005678"
TOTALS = {"n": 0, "fen": 0, "ml": 0}
HELLO = {"v": 1, "fw": "1", "hw": "X", "caps": ["load"], "seq_acked": 0, "tot": TOTALS}
SOON = {"v": 1, "ts": "2026-11-21T08:15:02.120+08:00"}


def hello(boot: int, seq_head: int) -> Said:
    return "up/hello", HELLO | {"boot": boot, "seq_head": seq_head}


def state(said: str, boot: int, conn: int) -> Said:
    return "st", SOON | {"s": said, "boot": boot, "conn": conn}


def totals(count: int) -> Said:
    return "up/tot", {"v": 1, "boot": 1, "n": count, "fen": 100 * count, "ml": 1500 * count}


def event(
    number: int, code: str = "leak", *, on: bool = True, data: dict[str, int] | None = None
) -> Said:
    said = {"boot": 1, "evt_seq": number, "code": code, "on": on, "data": data or {}}
    return "up/evt", SOON | said


def facts(*made: dict[str, Any]) -> Said:
    return "up/txn", {"v": 1, "boot": 1, "facts": list(made)}


def reported(version: int, **doc: Any) -> Said:
    return "up/cfg", {"v": 1, "ver": version, "doc": doc}


def answered(state: str) -> Said:
    return "up/cmd", {"v": 1, "cmd": "COMMAND", "st": state}


PUBLIC = "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"
AUTH = {"v": 1, "req": "q1", "card": ONLINE, "want_fen": 300}
LOAD = {"v": 1, "req": "l1", "card": PURSE, "atc": 1, "bal": 9_900}

# What a device says one after the other; then each of it once more, the last first.
STORIES: dict[str, list[Said]] = {
    "st": [state("online", 1, 1), state("lost", 1, 1), state("online", 1, 2), state("lost", 1, 2)],
    "up/hello": [hello(1, 0), hello(1, 4), hello(2, 4), hello(2, 5)],
    "up/txn": [
        facts(pour(1, PURSE, before=10_000)),
        facts(pour(1, PURSE, before=10_000), pour(2, PURSE, before=9_900)),
        facts(pour(2, PURSE, before=9_900) | {"amt": 5_000, "bal_after": 4_900}),
        facts(pour(3, PURSE, before=9_800), {"seq": 4, "broken": True}),
    ],
    "up/auth": [("up/auth", AUTH), ("up/auth", AUTH | {"req": "q2", "want_fen": 200})],
    "up/load": [("up/load", LOAD), ("up/load", LOAD | {"req": "l2"})],
    "up/tot": [totals(3), totals(5), totals(9)],
    "up/evt": [event(1), event(2, on=False), event(3, "lost", data={"from": 1, "to": 1})],
    "up/cmd": [answered("received"), answered("started"), answered("done")],
    "up/cfg": [reported(1, tele_s=60), reported(2, tele_s=90)],
    "up/ota": [("up/ota", {"v": 1, "job": "nobody's", "st": "done", "pct": 100})],
    "up/time": [("up/time", {"v": 1, "req": 7, "t0_ms": 1})],
}
# Answered with the same, whenever: the answer is all that a copy brings about.
ELSEWHERE = {"up/tele": "test_telemetry", "up/claim": "below", "up/cert": "below"}


@pytest.fixture
def device(fresh_database: Database) -> Speaker:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.card(uow, PURSE, 10_000)
        cards.issue(
            uow, tenant_id="demo", card_no=ONLINE, kind=CardKind.ID, balance_fen=Fen(10_000)
        )
        made = factories.device(uow, "WD-0001")
    return Speaker(Line(fresh_database), made)


def prepared(database: Database, story: list[Said]) -> list[Said]:
    """The story with the id of a command that waits for its answer."""
    if not any(body.get("cmd") == "COMMAND" for _, body in story):
        return story
    with database.transaction() as uow:
        command = commands.queue(
            uow,
            tenant_id="demo",
            device_id="WD-0001",
            op="selftest",
            args={},
            reason="test",
            ttl_s=600,
        ).command_id
    return [(name, body | {"cmd": command}) for name, body in story]


def test_every_message_that_a_device_says_is_in_the_table() -> None:
    ups = {name for name in MESSAGES if name == "st" or name.startswith("up/")}
    assert ups == STORIES.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("name", STORIES)
def test_what_was_said_before_and_is_said_again_changes_nothing(
    fresh_database: Database, device: Speaker, name: str
) -> None:
    said = [device.frame(*one) for one in prepared(fresh_database, STORIES[name])]
    empty = state_of(fresh_database)
    answers = [device.again(frame) for frame in said]
    after = state_of(fresh_database)
    assert name in {"up/ota", "up/time"} or after != empty, "the first time it did something"

    for frame in reversed(said):
        device.again(frame)
    assert state_of(fresh_database) == after
    if name in {"up/auth", "up/load"}:
        assert [device.again(frame) for frame in said] == answers, "the same answer for ever"


def test_a_claim_said_again_changes_nothing_once_its_device_has_spoken(
    fresh_database: Database, device: Speaker
) -> None:
    with fresh_database.transaction() as uow:
        login = provisioning.open_batch(
            uow, vault=VAULT, tenant_id="demo", maker="x", batch="B", days=1, actor="test"
        )
        listed = b"serial,batch,model,firmware\r\nWD-0002,B,X,1\r\n"
        provisioning.import_shipment(uow, tenant_id="demo", maker="x", content=listed, actor="test")
        claim_id = login.batch.claim_id
    batch = Speaker(
        device.line,
        devices.Provisioned(Device(device_id=claim_id, tenant_id="demo"), login.key, ""),
    )
    claim = batch.frame("up/claim", {"v": 1, "req": "r", "serial": "WD-0002", "pub": PUBLIC})
    ((_, answer),) = batch.again(claim)
    assert answer["ok"]
    with fresh_database.transaction() as uow:
        own = devices.get(uow, tenant_id="demo", device_id="WD-0002")
        key = VAULT.open("WD-0002", own.key_sealed)
    born = Speaker(device.line, devices.Provisioned(own, key, ""))
    born.say(*hello(1, 0))

    after = state_of(fresh_database)
    assert batch.again(claim) == [
        ("dn/claim", {"v": 1, "req": "r", "serial": "WD-0002", "ok": False, "why": "claimed"})
    ]
    assert state_of(fresh_database) == after


def test_a_request_for_a_certificate_said_again_issues_none(
    fresh_database: Database, device: Speaker
) -> None:
    with fresh_database.transaction() as uow:
        certificates.found(uow, vault=VAULT, name="Test", actor="test")
    csr = to64(papers.request(papers.new_key()))
    asked = device.frame("up/cert", {"v": 1, "req": "c", "csr": csr})
    answer = device.again(asked)
    after = state_of(fresh_database)

    assert device.again(asked) == answer
    assert state_of(fresh_database) == after


def test_a_frame_of_before_the_key_was_renewed_is_nobodys(
    fresh_database: Database, device: Speaker
) -> None:
    old = device.frame(*facts(pour(1, PURSE, before=10_000)))
    with fresh_database.transaction() as uow:
        device.key = credentials.reissue(
            uow, vault=VAULT, tenant_id="demo", device_id="WD-0001", actor="test", reason="test"
        ).key
    device.line.gateway._keys.look_again()
    after = state_of(fresh_database)

    assert device.again(old) == []
    assert state_of(fresh_database) == after
    assert device.say(*facts(pour(1, PURSE, before=10_000)))[0][1]["upto"] == 1

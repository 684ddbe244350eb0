"""A device that floods waits for itself: another's facts are released as if it were not there.

Nothing here is measured in seconds: what counts is how much of the flood was worked on.
"""

import json

import pytest

from tapline.devices import messages
from tapline.devices.messages import Refusal
from tapline.uow import Database
from tests import factories
from tests.gateway.stranger import pour
from tests.security.wire import Line, Speaker, count

CARD = "88001234"
FLOOD = 3_000
SHARE, LETTERS = 1_000, 100
BAD_BODY = {"v": 1, "boot": "what"}
GOOD = {"v": 1, "boot": 1, "code": "leak"}


@pytest.fixture
def line(fresh_database: Database) -> Line:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.card(uow, CARD, 10_000)
    return Line(fresh_database)


def speaker(database: Database, line: Line, name: str) -> Speaker:
    with database.transaction() as uow:
        return Speaker(line, factories.device(uow, name))


@pytest.mark.parametrize("kind", ["malformed", "unsigned", "oversize", "broken facts"])
def test_what_cannot_be_understood_is_kept_a_bounded_number_of_times(
    fresh_database: Database, line: Line, kind: str
) -> None:
    a, b = speaker(fresh_database, line, "A"), speaker(fresh_database, line, "B")
    topic, malformed = a.frame("up/hello", BAD_BODY)
    broken = {"v": 1, "boot": 1, "facts": [{"seq": n, "amt": 1.5} for n in range(1, 33)]}
    frame = {
        "malformed": (topic, malformed),
        "unsigned": (topic, b"A" * 43 + b"." + json.dumps(BAD_BODY).encode()),
        "oversize": (topic, malformed + b" " * 17_000),
        "broken facts": a.frame("up/txn", broken),
    }[kind]
    for _ in range(FLOOD):
        line.put(*frame)
    line.put(*b.frame("up/txn", {"v": 1, "boot": 1, "facts": [pour(1, CARD, before=10_000)]}))

    told = line.work_off()

    released = [body for name, body in told if name == f"{b.root}/dn/ack"]
    assert [body["upto"] for body in released] == [1]
    assert count(fresh_database, "dead_letter", "A") == LETTERS
    assert count(fresh_database, "inbox_message", "A") <= LETTERS
    nacks = [body for name, body in told if name == f"{a.root}/dn/nack"]
    assert len(nacks) <= LETTERS + 1


def test_a_devices_share_ends_and_it_is_told_once_to_keep_what_it_has(
    fresh_database: Database, line: Line
) -> None:
    a, b = speaker(fresh_database, line, "A"), speaker(fresh_database, line, "B")
    for number in range(SHARE):
        line.put(*a.frame("up/evt", GOOD | {"evt_seq": number}))
    fact = {"v": 1, "boot": 1, "facts": [pour(1, CARD, before=10_000)]}
    late = a.frame("up/txn", fact)
    for _ in range(50):
        line.put(*late)
    line.put(*b.frame("up/txn", {"v": 1, "boot": 1, "facts": [pour(1, CARD, before=10_000)]}))

    told = line.work_off()

    assert count(fresh_database, "inbox_message", "A") == SHARE
    (busy,) = [body for name, body in told if name == f"{a.root}/dn/nack"]
    assert (busy["code"], busy["act"], busy["topic"]) == ("E_BUSY", "keep", "up/txn")
    assert not [1 for name, body in told if name == f"{a.root}/dn/ack" and body["stream"] == "txn"]
    assert [body["upto"] for name, body in told if name == f"{b.root}/dn/ack"] == [1]

    line.gateway._shares._now = lambda: 60.0
    (released,) = [body for name, body in a.again(late) if name == "dn/ack"]
    assert released["upto"] == 1, "a minute later it is taken: it was kept where it was"


def test_what_others_say_in_a_devices_name_takes_nothing_of_its_share(
    fresh_database: Database, line: Line
) -> None:
    b = speaker(fresh_database, line, "B")
    topic, good = b.frame("up/txn", {"v": 1, "boot": 1, "facts": []})
    for _ in range(SHARE + LETTERS):
        line.put(topic, b"x" + good[1:])
    line.work_off()

    told = b.say("up/txn", {"v": 1, "boot": 1, "facts": [pour(1, CARD, before=10_000)]})
    assert [body["upto"] for name, body in told if name == "dn/ack"] == [1]


def test_open_letters_of_a_device_have_a_bound_whatever_brings_them(
    fresh_database: Database, line: Line
) -> None:
    refusal = Refusal(
        tenant_id="demo", device_id="A", topic="t", payload=b"x", code="c", reason="r"
    )
    for _ in range(3):
        with fresh_database.transaction() as uow:
            messages.bury(uow, [refusal] * 400)
    assert count(fresh_database, "dead_letter", "A") == messages.OPEN_MAX

    hello = {"v": 1, "fw": "1", "hw": "X", "seq_acked": 0, "tot": {"n": 0, "fen": 0, "ml": 0}}
    b = speaker(fresh_database, line, "B")
    b.say("up/hello", hello | {"boot": 2, "seq_head": 1})
    for head in range(5):
        b.say("up/hello", hello | {"boot": 1, "seq_head": head})
    assert count(fresh_database, "dead_letter", "B") == 1, "stale hellos"

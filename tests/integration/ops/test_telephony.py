"""The simulated exchange as a process would run it: its memory, its mischief, its pages."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import msgspec
import pytest
from fastapi.testclient import TestClient

from tapline import clock
from tapline.hotline import CommandKind, PortEvent
from tapline_ops import signature
from tapline_ops.telephony import mischief, wire
from tapline_ops.telephony.app import create_app
from tapline_ops.telephony.lines import Caller
from tapline_ops.telephony.messenger import Messenger
from tapline_ops.telephony.repository import Memory
from tapline_ops.telephony.service import Telephony, wall_ms

KEY = bytes(range(32))
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NUMBER = "4000001234"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    memory = Memory(tmp_path)
    with clock.frozen(NOON):
        yield memory
    memory.close()


@pytest.fixture
def telephony(memory: Memory) -> Telephony:
    return Telephony(memory, seed=1, mischief_percent=0)


@pytest.fixture
def client(telephony: Telephony) -> TestClient:
    idle = Messenger(telephony, notify_url="http://127.0.0.1:9", key=KEY)
    return TestClient(create_app(telephony, idle, key=KEY, dnis=NUMBER), follow_redirects=False)


def ordered(client: TestClient, path: str, asked: Any, key: bytes = KEY) -> Any:
    body = msgspec.json.encode(asked)
    return client.post(path, content=body, headers=signature.signed(key, path, body))


def on_their_way(memory: Memory) -> list[str]:
    with memory.transaction():
        due = memory.due(wall_ms() + 10_000)
    return [msgspec.json.decode(one.body, type=PortEvent).type for one in due]


def test_a_call_placed_by_hand_is_told_and_survives_the_process(
    client: TestClient, memory: Memory, tmp_path: Path
) -> None:
    form = {"ani": "13800138000", "keys": "1", "patience_s": "60", "talk_s": "30"}
    assert client.post("/call", data=form).status_code == 303

    assert on_their_way(memory) == ["call.arrived"]
    again = Memory(tmp_path)  # as after a kill: nothing was closed
    with again.transaction():
        (line,) = again.exchange().lines.values()
    again.close()
    assert (line.ani, line.dnis, line.is_live) == ("13800138000", NUMBER, True)


def test_the_pages_show_lines_and_let_the_caller_press_and_hang_up(
    client: TestClient, memory: Memory
) -> None:
    client.post("/call", data={"ani": "13800138000"})
    (ref,) = memory.exchange().lines
    gather = wire.CommandOrder(
        uuid4(),
        ref,
        CommandKind.GATHER,
        {"say": "请按 1", "digits_min": 1, "digits_max": 1, "timeout_ms": 8000},
    )
    assert ordered(client, wire.COMMANDS, gather).status_code == 204
    assert "请按 1" in client.get("/lines").text
    client.post("/press", data={"ref": ref, "keys": "1"})
    client.post("/hang-up", data={"ref": ref})

    assert on_their_way(memory) == ["call.arrived", "call.digits", "call.ended", "call.cdr"]
    assert "已结束" in client.get("/lines").text
    assert "模拟电话" in client.get("/").text


def test_the_same_order_twice_is_one_and_only_signed_ones_count(
    client: TestClient, memory: Memory
) -> None:
    client.post("/call", data={"ani": "13800138000"})
    (ref,) = memory.exchange().lines
    ring = wire.CommandOrder(
        uuid4(), ref, CommandKind.RING, {"leg": "a", "target": "lin.xia", "timeout_ms": 9000}
    )

    assert ordered(client, wire.COMMANDS, ring, key=bytes(32)).status_code == 401
    assert [ordered(client, wire.COMMANDS, ring).status_code for _ in range(2)] == [204, 204]
    assert on_their_way(memory) == ["call.arrived", "call.ringing"]


def test_an_order_for_a_call_that_is_not_there_is_refused_the_same_way_again(
    client: TestClient,
) -> None:
    order = wire.CommandOrder(uuid4(), "gone", CommandKind.PLAY, {"say": "x"})

    assert [ordered(client, wire.COMMANDS, order).status_code for _ in range(2)] == [409, 409]
    drop = wire.CommandOrder(uuid4(), "gone", CommandKind.HANG_UP, {})
    assert ordered(client, wire.COMMANDS, drop).status_code == 204, "it has ended already"


def test_time_passes_by_the_clock_alone(telephony: Telephony, memory: Memory) -> None:
    caller = Caller(patience_ms=20_000)
    telephony.act(lambda board: board.place(ani="138", dnis=NUMBER, caller=caller))
    clock.advance(timedelta(seconds=19))
    telephony.pass_time()
    assert on_their_way(memory) == ["call.arrived"]

    clock.advance(timedelta(seconds=2))
    telephony.pass_time()

    assert on_their_way(memory) == ["call.arrived", "call.ended", "call.cdr"]


def test_an_event_is_told_again_until_it_is_answered(
    telephony: Telephony, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    telephony.act(lambda board: board.place(ani="138", dnis=NUMBER, caller=Caller()))
    answers = iter([503, 204])

    class Answer:
        def __init__(self, status_code: int) -> None:
            self.status_code, self.is_success = status_code, status_code < 300

    monkeypatch.setattr(httpx2, "post", lambda *_, **__: Answer(next(answers)))
    post = Messenger(telephony, notify_url="http://platform.example", key=KEY)

    assert post.deliver_due() == 0
    assert post.deliver_due() == 0, "not at once"
    clock.advance(timedelta(seconds=2))
    assert post.deliver_due() == 1
    with memory.transaction():
        assert memory.undelivered() == 0


def test_mischief_repeats_with_its_seed_and_loses_nothing() -> None:
    drawn = [mischief.delays_ms(7, number, 20) for number in range(500)]

    assert drawn == [mischief.delays_ms(7, number, 20) for number in range(500)]
    assert {len(one) for one in drawn} == {1, 2}
    assert any(one[0] > 0 for one in drawn)
    assert all(mischief.delays_ms(7, number, 0) == (0,) for number in range(500))


def test_half_an_act_leaves_nothing_behind(telephony: Telephony, memory: Memory) -> None:
    def stumble(board: Any) -> None:
        board.place(ani="138", dnis=NUMBER, caller=Caller())
        raise sqlite3.OperationalError("disk full")

    with pytest.raises(sqlite3.OperationalError):
        telephony.act(stumble)

    assert telephony.look().lines == {}
    assert on_their_way(memory) == []

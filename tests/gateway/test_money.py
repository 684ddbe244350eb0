"""Facts over a real broker: posted once, released when committed, whatever else is on the wire."""

import secrets

import pytest
from sqlalchemy import text

from tapline.devices import messages
from tapline_gateway.link import Arrival
from tapline_gateway.settling import settle
from tests.factories import VAULT
from tests.gateway.conftest import CARD, Bench, Newcomer
from tests.gateway.stranger import pour


def pours(first: int, last: int) -> list[dict[str, object]]:
    return [pour(n, CARD, before=10_000 - 100 * (n - 1)) for n in range(first, last + 1)]


@pytest.mark.req("C2")
@pytest.mark.parametrize("v5", [False, True], ids=["mqtt-3.1.1", "mqtt-5"])
def test_pours_are_posted_and_released(running: Bench, newcomer: Newcomer, v5: bool) -> None:
    device = newcomer(f"GW-{secrets.token_hex(4)}", v5=v5)
    device.hello()
    assert device.heard("dn/ack", stream="txn")["upto"] == 0

    device.pour(*pours(1, 5))

    assert device.released(5) == {}
    assert running.balance_fen() == 9_500
    assert device.forged == 0


def test_a_first_hello_says_where_a_device_starts(running: Bench, newcomer: Newcomer) -> None:
    device = newcomer(f"GW-{secrets.token_hex(4)}")

    device.hello(seq_head=40, seq_acked=40)

    assert device.heard("dn/ack", stream="txn")["upto"] == 40


def test_facts_beyond_a_gap_are_released_one_by_one(running: Bench, newcomer: Newcomer) -> None:
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    one, two, three = pours(1, 3)

    device.pour(one, three)
    ack = device.heard("dn/ack", stream="txn")
    assert (ack["upto"], ack["items"]) == (1, [{"seq": 3, "verdict": "accepted"}])
    device.pour(two)

    assert device.released(3) == {}


def test_a_fact_that_cannot_be_read_is_released_and_kept_for_a_person(
    running: Bench, newcomer: Newcomer
) -> None:
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    good, broken = pours(1, 2)
    broken["amt"] = "a lot"

    device.pour(good, broken)

    assert device.released(2) == {2: "quarantined"}
    with running.database.transaction() as uow:
        (letter,) = messages.buried(uow, tenant_id="demo")
    assert "fact 2" in letter.reason
    assert running.balance_fen() == 9_900


def test_hostile_frames_change_nothing_and_stop_nothing(running: Bench, newcomer: Newcomer) -> None:
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    topic = f"{device.root}/up/txn"
    other = "tl1/demo/SOMEBODY-ELSE/up/txn"
    (first,) = pours(1, 1)

    device.say_raw(topic, b"not even a frame")
    device.say_raw(topic, b"A" * 43 + b"." + b"{" * 12_000)
    device.say_raw(topic, b"A" * 100_000)
    device.say_raw(topic, device.sealed(topic, b"[" * 12_000))
    device.say("up/txn", {"v": 1, "boot": 1, "facts": [first]}, key=bytes(32))
    device.say_raw(other, device.sealed(other, b'{"v":1,"boot":1,"facts":[]}'))
    device.say("up/txn", {"v": 99, "facts": "nonsense"})
    device.say("up/nonsense", {"v": 1})
    device.say_raw(f"{device.root}/st", b"", retain=True)
    device.say("up/tot", {"v": 1, "boot": 1, "n": 1.5, "fen": 0, "ml": 0})
    device.heard("dn/nack", topic="up/tot")
    assert running.balance_fen() == 10_000

    device.pour(first)

    assert device.released(1) == {}
    assert running.balance_fen() == 9_900


def test_a_frame_copied_to_another_device_is_worthless(running: Bench, newcomer: Newcomer) -> None:
    victim = newcomer(f"GW-{secrets.token_hex(4)}")
    thief = newcomer(f"GW-{secrets.token_hex(4)}")
    topic = f"{victim.root}/up/txn"
    body = b'{"v":1,"boot":1,"facts":[]}'

    thief.say_raw(f"{thief.root}/up/txn", victim.sealed(topic, body))
    thief.pour(*pours(1, 1))

    assert thief.released(1) == {}
    with running.database.transaction() as uow:
        codes = [letter.code for letter in messages.buried(uow, tenant_id="demo")]
    assert codes == ["unsigned"]


def test_nothing_is_acknowledged_that_was_not_committed(bench: Bench, newcomer: Newcomer) -> None:
    """The gateway dies between commit and release: the device asks again and is told `dup`."""
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    first = bench.gateway()
    while not first.step(0.05) and not first._link.connected:
        pass
    device.pour(*pours(1, 3))
    arrivals: list[Arrival] = []
    while not arrivals:
        arrivals = first._link.poll(0.05)
    readings = [one for arrival in arrivals if (one := first._read(arrival)) is not None]
    settle(bench.database, VAULT, readings)  # and then it dies: neither PUBACK nor release
    first._link.drop()

    second = bench.gateway()
    while not second.step(0.05):
        pass

    assert device.released(3) == {1: "dup", 2: "dup", 3: "dup"}
    assert bench.balance_fen() == 9_700


def test_a_database_that_goes_away_loses_nothing(running: Bench, newcomer: Newcomer) -> None:
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    device.pour(*pours(1, 2))
    device.released(2)

    with running.database.engine.connect() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        )
    device.pour(*pours(3, 6))

    device.released(6)
    assert running.balance_fen() == 9_400

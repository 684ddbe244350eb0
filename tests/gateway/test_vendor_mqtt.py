"""A maker with JSON on MQTT topics of its own: posted once, and confirmed when it is."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tapline import devices
from tapline.devices import Assurance, Presence
from tapline_ops import enrolment
from tests.gateway.conftest import CARD, Bench
from tests.gateway.foreign import assurances, dead, registered
from tests.gateway.makers import (
    LanjingMachine,
    sale,
    until,
)


@pytest.fixture
def lanjing(running: Bench, broker_folder: Path) -> Iterator[LanjingMachine]:
    sn = f"LJ-{secrets.token_hex(4)}"  # the broker keeps what others said
    made = registered(running.database, "lanjing", sn, "WD-LJ-1")
    enrolment.admit_all(running.database, broker_folder)
    machine = LanjingMachine(running.broker.ports.device, sn, made.mqtt_password)
    yield machine
    machine.close()


@pytest.mark.req("C35", "H405")
def test_a_pour_told_in_a_makers_json_is_posted_and_confirmed_once(
    running: Bench, lanjing: LanjingMachine
) -> None:
    pour = sale(1001, card=CARD, before="100.00", after="99.00")

    lanjing.say("record", pour)
    assert lanjing.acked() == 1001
    lanjing.say("record", pour)
    assert lanjing.acked() == 1001

    assert running.balance_fen() == 9_900
    assert assurances(running.database) == {1001: Assurance.TRANSPORT}
    with running.database.transaction() as uow:
        assert devices.upto(uow, device_id="WD-LJ-1", stream=devices.Stream.TXN) == 1001


def test_what_cannot_be_read_is_kept_confirmed_and_holds_up_nothing(
    running: Bench, lanjing: LanjingMachine
) -> None:
    lanjing.say("record", sale(1001, card=CARD, before="100.00", after="99.00", cost="1.005"))
    lanjing.say_raw("record", b"\xff\x00")
    lanjing.say("record", sale(1002, card=CARD, before="100.00", after="99.00"))

    assert [lanjing.acked(), lanjing.acked()] == [1001, 1002]
    assert running.balance_fen() == 9_900
    letters = dead(running.database)
    assert {letter.vendor for letter in letters} == {"lanjing"}
    assert any("1.005" in letter.reason for letter in letters)


def test_a_machine_cannot_speak_for_another_one(running: Bench, lanjing: LanjingMachine) -> None:
    registered(running.database, "lanjing", "LJ-OTHER", "WD-LJ-2")
    forged = sale(1001, card=CARD, before="100.00", after="99.00")

    lanjing.say("record", forged, sn="LJ-OTHER")
    lanjing.say("record", forged)

    assert lanjing.acked() == 1001
    assert running.balance_fen() == 9_900
    with running.database.engine.connect() as connection:
        told = connection.execute(text("select device_id from fact")).scalars().all()
    assert told == ["WD-LJ-1"]


def test_presence_comes_from_the_makers_own_status(running: Bench, lanjing: LanjingMachine) -> None:
    def presence() -> Presence:
        with running.database.transaction() as uow:
            return devices.get(uow, tenant_id="demo", device_id="WD-LJ-1").presence

    lanjing.say("status", {"online": 1, "t": 1795248902})
    until(lambda: presence() is Presence.ONLINE, "the machine came")
    lanjing.say("status", {"online": 0, "t": 1795248950})
    until(lambda: presence() is Presence.OFFLINE, "the machine went")

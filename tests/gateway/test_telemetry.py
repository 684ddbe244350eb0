"""Telemetry over a real broker: stored once, and never in the way of anything."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tapline.devices import telemetry
from tapline.devices.telemetry import Metric
from tapline_gateway import readingshares
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import MqttConfig
from tapline_gateway.telemetry import run_telemetry
from tests.factories import VAULT
from tests.gateway.conftest import Bench, Newcomer
from tests.gateway.stranger import Stranger

DEADLINE_S = 20
PROBES = range(1_000_000, 1_000_000 + DEADLINE_S * 20)


class Recorder:
    """A telemetry gateway that can be stopped and started again, with one session at the broker."""

    def __init__(self, bench: Bench) -> None:
        self.database = bench.database
        login = bench.broker.gateway_login
        self._config = MqttConfig(
            host=bench.broker.host,
            port=bench.broker.ports.gateway,
            username=login.username,
            password=login.password,
            client_id=f"telemetry-{secrets.token_hex(4)}",
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        stop = threading.Event()
        keys = KeyRing(self.database, VAULT)
        thread = threading.Thread(
            target=run_telemetry, args=(self.database, self._config, keys, stop)
        )
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def uptimes(self) -> list[int]:
        """The stored readings by their uptime in ms, probes left out."""
        with self.database.transaction() as uow:
            stored = uow.session.scalars(text("select up_ms from telemetry order by up_ms"))
            return [up_ms for up_ms in stored if up_ms not in PROBES]

    def of(self, device: Stranger) -> list[int]:
        """The same, of one device."""
        query = text("select up_ms from telemetry where device_id = :device order by up_ms")
        with self.database.transaction() as uow:
            named = {"device": device.root.rpartition("/")[2]}
            return [one for one in uow.session.scalars(query, named) if one not in PROBES]

    def dead_letters(self) -> list[str]:
        with self.database.transaction() as uow:
            return list(uow.session.scalars(text("select code from dead_letter order by 1")))

    def heeds(self, device: Stranger) -> None:
        """Wait until what `device` sends is stored."""
        probes = iter(PROBES)

        def arrived() -> bool:
            device.say("up/tele", reading(next(probes)))
            with self.database.transaction() as uow:
                return uow.session.execute(text("select from telemetry")).first() is not None

        until(arrived)


def reading(up_ms: int, **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {"v": 1, "boot": 1, "up_ms": up_ms, "ts": now, "m": {"tds_in": 182}} | changes


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.05)


@pytest.fixture
def recorder(bench: Bench) -> Recorder:
    return Recorder(bench)


@pytest.fixture
def device(newcomer: Newcomer) -> Stranger:
    return newcomer(f"GW-{secrets.token_hex(4)}")


def test_readings_sent_at_qos_0_are_stored_with_their_metrics(
    recorder: Recorder, device: Stranger
) -> None:
    with recorder.running():
        recorder.heeds(device)
        topic = f"{device.root}/up/tele"
        measured = {"tds_in": 182, "tds_out": 9, "temp_c_x10": 32_767, "rssi_dbm": None}
        body = json.dumps(reading(PROBES.stop, m=measured)).encode()
        device.client.publish(topic, device.sealed(topic, body), qos=0)
        until(lambda: recorder.uptimes() == [PROBES.stop])

    device_id = device.root.rpartition("/")[2]
    with recorder.database.transaction() as uow:
        latest = telemetry.newest(uow, tenant_id="demo", device_ids=[device_id])
    assert latest[device_id].metrics == {Metric.TDS_IN: 182, Metric.TDS_OUT: 9}


def test_a_frame_sent_again_is_stored_once(recorder: Recorder, device: Stranger) -> None:
    with recorder.running():
        recorder.heeds(device)
        message = reading(1)
        for _ in range(3):
            device.say("up/tele", message)
        device.say("up/tele", reading(2))
        until(lambda: 2 in recorder.uptimes())

    assert recorder.uptimes() == [1, 2]


def test_a_burst_is_stored_whole(recorder: Recorder, device: Stranger) -> None:
    topic = f"{device.root}/up/tele"
    with recorder.running():
        recorder.heeds(device)
        for up_ms in range(3000):
            body = json.dumps(reading(up_ms)).encode()
            device.client.publish(topic, device.sealed(topic, body), qos=1)
        until(lambda: len(recorder.uptimes()) == 3000)

    assert recorder.uptimes() == list(range(3000))


def test_what_the_device_did_not_sign_is_not_its_reading(
    recorder: Recorder, device: Stranger
) -> None:
    with recorder.running():
        recorder.heeds(device)
        device.say("up/tele", reading(1), key=bytes(32))
        device.say("up/tele", reading(2))
        until(lambda: recorder.uptimes() == [2])

    assert recorder.dead_letters() == ["unsigned"]


def test_a_reading_that_cannot_be_understood_is_answered_and_kept_once_an_hour(
    recorder: Recorder, device: Stranger
) -> None:
    with recorder.running():
        recorder.heeds(device)
        for up_ms in range(5):
            device.say("up/tele", reading(up_ms, boot="first"))
            device.say("up/tele", reading(10 + up_ms))
        refusal = device.heard("dn/nack")
        until(lambda: recorder.uptimes() == [10, 11, 12, 13, 14])

    assert (refusal["topic"], refusal["code"], refusal["act"]) == ("up/tele", "E_SCHEMA", "park")
    assert recorder.dead_letters() == ["E_SCHEMA"]


def test_what_is_sent_at_qos_1_while_nobody_records_is_stored_afterwards(
    recorder: Recorder, device: Stranger
) -> None:
    with recorder.running():
        recorder.heeds(device)
    for up_ms in range(200):
        device.say("up/tele", reading(up_ms))

    with recorder.running():
        until(lambda: len(recorder.uptimes()) == 200)


def test_a_database_that_is_away_costs_no_reading(recorder: Recorder, device: Stranger) -> None:
    with recorder.running():
        recorder.heeds(device)
        with unreachable(recorder):
            for up_ms in range(50):
                device.say("up/tele", reading(up_ms))
        until(lambda: len(recorder.uptimes()) == 50)

    assert recorder.uptimes() == list(range(50))


@contextmanager
def unreachable(recorder: Recorder) -> Iterator[None]:
    """End every connection to the recorder's database, and let nobody in meanwhile."""
    url = make_url(recorder.database.engine.url)
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as admin:
            admin.exec_driver_sql(f'alter database "{url.database}" allow_connections false')
            admin.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"
                ),
                {"name": url.database},
            )
            yield
            admin.exec_driver_sql(f'alter database "{url.database}" allow_connections true')
    finally:
        server.dispose()


def test_a_device_that_floods_costs_no_other_a_reading(
    recorder: Recorder, newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readingshares, "READINGS", 200)
    a, b = newcomer(f"A-{secrets.token_hex(4)}"), newcomer(f"B-{secrets.token_hex(4)}")
    flood = [reading(10_000 + number) for number in range(2_000)]
    with recorder.running():
        recorder.heeds(b)
        for number, one in enumerate(flood):
            topic = f"{a.root}/up/tele"
            a.client.publish(topic, a.sealed(topic, json.dumps(one).encode()), qos=1)
            if number % 50 == 0:
                b.say("up/tele", reading(number))
        told = a.heard("dn/nack")
        until(lambda: recorder.of(b) == list(range(0, 2_000, 50)))

    assert (told["code"], told["act"]) == ("E_BUSY", "keep")
    assert 200 <= len(recorder.of(a)) < 1_000
    assert recorder.dead_letters() == ["E_BUSY"]


def test_readings_that_a_device_did_not_sign_take_nothing_of_its_share(
    recorder: Recorder, device: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readingshares, "READINGS", 100)
    with recorder.running():
        recorder.heeds(device)
        topic = f"{device.root}/up/tele"
        for number in range(300):
            forged = device.sealed(topic, json.dumps(reading(number)).encode(), bytes(32))
            device.client.publish(topic, forged, qos=1)
        for number in range(20):
            device.say("up/tele", reading(number))
        until(lambda: recorder.uptimes() == list(range(20)))

"""Telemetry end to end beside the same client writing straight to the table.

    python -m benchmarks.telemetry [--readings 50000] [--out benchmarks/results/telemetry.md]

End to end: dispensers publish signed frames at QoS 0, Mosquitto passes them on, `run_telemetry`
verifies, decodes and stores them. Straight: one client holds the same bodies in memory, decodes
them and stores batches of the same size with the same function. Between the two lie MQTT, the
signature, and sharing the machine with broker and publisher. They run in turns.
"""

import argparse
import multiprocessing
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import text

from benchmarks.place import database as fresh_database
from benchmarks.place import machine as described
from benchmarks.publisher import Gate, Machine, publish
from tapline import clock, devices, tenants
from tapline.devices import Vault, telemetry
from tapline.devices.telemetry import Reading
from tapline.uow import Database
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import MqttConfig
from tapline_gateway.protocol import Telemetry, decode, encode, format_ts, read_ts
from tapline_gateway.telemetry import run_telemetry
from tapline_ops.embedded import mosquitto, passwords
from tapline_ops.embedded.broker import BrokerPorts, mosquitto_program
from tapline_ops.embedded.mosquitto import MosquittoBroker

TENANT = "bench"
MACHINES = 20
BATCH = 500
ROUNDS = 5
WANTED = 0.6
STILL_S = 3.0
VAULT = Vault(bytes(32))
MEASURED = {
    "tds_in": 182,
    "tds_out": 9,
    "p_in_kpa": 210,
    "p_post_kpa": 190,
    "flow_ml_s": 80,
    "temp_c_x10": 215,
    "pump_ma": 1900,
    "valve_ma": 240,
    "rssi_dbm": -61,
}


class Place(NamedTuple):
    """Where it is measured."""

    database: Database
    telemetry_pool: Database
    broker: MosquittoBroker
    machines: Sequence[Machine]


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=50_000, help="readings a way and round")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with _place() as place:
        report = _report(place, arguments.readings // MACHINES)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(place: Place, each: int) -> str:
    on = described(place.database)
    straight, end_to_end, lost = [], [], 0
    for number in range(ROUNDS + 1):
        one, other = (_speaking(place, each, boot=2 * number + way) for way in (1, 2))
        straight_rate = _straight(place.database, one)
        rate, missing = _end_to_end(place._replace(machines=other), boot=2 * number + 2)
        if number > 0:  # the first round fills caches and prepares statements
            straight.append(straight_rate)
            end_to_end.append(rate)
            lost += missing
    return _table(on, each * MACHINES, straight, end_to_end, lost)


def _speaking(place: Place, each: int, boot: int) -> list[Machine]:
    """The machines with something to say: a reading every five seconds, the last one now."""
    now = datetime.now(UTC)
    bodies = [
        encode(
            Telemetry(
                boot=boot,
                up_ms=number * 5000,
                ts=format_ts(now - timedelta(seconds=5 * (each - number))),
                m={name: value + number % 7 for name, value in MEASURED.items()},
            )
        )
        for number in range(each)
    ]
    return [machine._replace(bodies=bodies) for machine in place.machines]


def _straight(database: Database, machines: Sequence[Machine]) -> float:
    """Readings a second of one client with the bodies in memory."""
    said = [
        (machine, body)
        for bodies in zip(*(machine.bodies for machine in machines), strict=True)
        for machine, body in zip(machines, bodies, strict=True)
    ]
    began = time.perf_counter()
    for start in range(0, len(said), BATCH):
        now = clock.now()
        readings = [_read(machine, body, now) for machine, body in said[start : start + BATCH]]
        with database.transaction() as uow:
            telemetry.store(uow, readings=readings)
    return len(said) / (time.perf_counter() - began)


def _read(machine: Machine, body: bytes, now: datetime) -> Reading:
    said = decode("up/tele", body)
    assert isinstance(said, Telemetry)
    metrics, extra = telemetry.sort_metrics(said.m)
    return Reading(
        machine.tenant_id,
        machine.device_id,
        said.boot,
        said.up_ms,
        read_ts(said.ts),
        now,
        metrics,
        extra,
    )


def _end_to_end(place: Place, boot: int) -> tuple[float, int]:
    """Readings a second from the first publication to the last commit, and how many got lost."""
    sent = sum(len(machine.bodies) for machine in place.machines)
    with _publisher(place) as gate, _recorder(place):
        gate.ready.wait()
        began = time.perf_counter()
        gate.go.set()
        stored, stored_at = 0, began
        while stored < sent and time.perf_counter() - stored_at < STILL_S:
            time.sleep(0.05)
            now_stored = _stored(place.database, boot)
            if now_stored > stored:
                stored, stored_at = now_stored, time.perf_counter()
    return stored / (stored_at - began), sent - stored


@contextmanager
def _publisher(place: Place) -> Iterator[Gate]:
    fresh = multiprocessing.get_context("spawn")
    gate = Gate(fresh.Event(), fresh.Event(), fresh.Event())
    port = place.broker.ports.device
    process = fresh.Process(target=publish, args=(port, place.machines, gate))
    process.start()
    try:
        yield gate
    finally:
        gate.done.set()
        process.join()


@contextmanager
def _recorder(place: Place) -> Iterator[None]:
    login = place.broker.gateway_login
    config = MqttConfig(
        host=place.broker.host,
        port=place.broker.ports.gateway,
        username=login.username,
        password=login.password,
        client_id="telemetry",
    )
    stop = threading.Event()
    keys = KeyRing(place.telemetry_pool, VAULT)
    thread = threading.Thread(target=run_telemetry, args=(place.telemetry_pool, config, keys, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _stored(database: Database, boot: int) -> int:
    with database.transaction() as uow:
        counted = text("select count(*) from telemetry where boot = :boot")
        return uow.session.scalar(counted, {"boot": boot}) or 0


def _table(
    on: str, readings: int, straight: list[float], end_to_end: list[float], lost: int
) -> str:
    ratios = [one / other for one, other in zip(end_to_end, straight, strict=True)]
    verdict = "reached" if median(ratios) >= WANTED else "not reached"
    return "\n".join(
        [
            f"# Telemetry: {readings:,} readings of {MACHINES} dispensers, {ROUNDS} rounds",
            "",
            on,
            "",
            "| way | readings/s, median | lowest | highest | of straight |",
            "|---|---|---|---|---|",
            f"| straight to the table | {_spread(straight)} | 1.00 |",
            f"| end to end | {_spread(end_to_end)} | {median(ratios):.2f} |",
            "",
            f"Wanted: {WANTED} of straight; {verdict}. Ratios of the rounds:"
            f" {', '.join(f'{ratio:.2f}' for ratio in ratios)}. Readings lost: {lost}.",
            "",
            "Both decode the same bodies and store batches of up to 500 with the same statements, a"
            " commit each. End to end shares the processor with Mosquitto and the publisher.",
        ]
    )


def _spread(rates: list[float]) -> str:
    return f"{median(rates):,.0f} | {min(rates):,.0f} | {max(rates):,.0f}"


@contextmanager
def _place() -> Iterator[Place]:
    program = mosquitto_program()
    if program is None:
        raise SystemExit("Mosquitto is not installed: apt-get install mosquitto")
    folder = Path(tempfile.mkdtemp(prefix="tapline-bench-"))
    folder.chmod(0o711)
    broker = MosquittoBroker(folder, BrokerPorts(), program)
    try:
        with fresh_database() as database:
            machines = _registered(database, folder)
            broker.start()
            url = database.engine.url.render_as_string(hide_password=False)
            yield Place(database, Database(url, pool_size=1), broker, machines)
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _registered(database: Database, broker_folder: Path) -> list[Machine]:
    with database.transaction() as uow:
        tenants.create(uow, tenant_id=TENANT, name="Bench", legal_entity="Bench Ltd")
        made = [
            devices.register(
                uow,
                vault=VAULT,
                hash_password=passwords.hashed,
                tenant_id=TENANT,
                device_id=f"B-{number}-{secrets.token_hex(3)}",
            )
            for number in range(MACHINES)
        ]
        hashes = {one.device.device_id: one.device.mqtt_password_hash for one in made}
    mosquitto.admit(broker_folder, hashes)
    return [Machine(TENANT, one.device.device_id, one.mqtt_password, one.key, ()) for one in made]


if __name__ == "__main__":
    main()

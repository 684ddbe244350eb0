"""Tapline's telemetry connection as a process of its own, as in a gateway; it can be killed."""

import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

from benchmarks.publisher import Gate, Machine, publish
from benchmarks.readings import VAULT, Place
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import MqttConfig
from tapline_gateway.telemetry import run_telemetry
from tapline_ops.connection import connected

STILL_S = 3.0
"""So long nothing comes any more before the rest counts as lost."""
_START_S = 120.0
_fresh = multiprocessing.get_context("spawn")


def start(place: Place, client_id: str) -> BaseProcess:
    """Store telemetry from now on, under that session, until terminated."""
    login = place.broker.gateway_login
    config = MqttConfig(
        host=place.broker.host,
        port=place.broker.ports.gateway,
        username=login.username,
        password=login.password,
        client_id=client_id,
    )
    process = _fresh.Process(target=_record, args=(place.url, config))
    process.start()
    return process


def _record(url: str, config: MqttConfig) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with connected(url) as database:
        run_telemetry(database, config, KeyRing(database, VAULT), stop)


@contextmanager
def publisher(place: Place, machines: list[Machine], *, qos: int = 0) -> Iterator[Gate]:
    """Machines that are logged in and speak once the gate says go."""
    gate = Gate(_fresh.Event(), _fresh.Event(), _fresh.Event())
    port = place.broker.ports.device
    process = _fresh.Process(target=publish, args=(port, machines, gate, qos))
    process.start()
    try:
        gate.ready.wait()
        yield gate
    finally:
        gate.done.set()
        process.join()


def until_recording(place: Place, *, boot: int, table: str = "telemetry") -> None:
    """Have one machine speak until somebody is heard to listen: a session that is new has missed
    what was said before."""
    deadline = time.monotonic() + _START_S
    said = place.speaking(1, boot)[:1]
    while place.stored(boot, table) == 0:
        if time.monotonic() > deadline:
            raise SystemExit(f"nobody recorded anything in {_START_S} s")
        with publisher(place, said) as gate:
            gate.go.set()
            time.sleep(0.3)


def timed(place: Place, gate: Gate, each: int, boot: int, table: str = "telemetry") -> float:
    """Seconds from the first publication until the last reading of every machine is stored, or
    until nothing more comes."""
    began = time.perf_counter()
    gate.go.set()
    ended, last_s = 0, began
    while ended < len(place.machines):
        time.sleep(0.02)
        now_s, now_ended = time.perf_counter(), place.ended(boot, each, table)
        if now_ended > ended:
            ended, last_s = now_ended, now_s
        elif ended and now_s - last_s > STILL_S:
            break  # the end of some machine was lost
    return last_s - began

"""Small quick fleets for tests, and what can be read from the folder that one left behind."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tapline_sim import fleet
from tapline_sim.conditions import ClimateSpec
from tapline_sim.report import Report
from tapline_sim.scenario import Broker, CardSpec, DeviceSpec, PlanSpec, Rates, Scenario, Tariff
from tests.gateway.fake_platform import FakePlatform, until

NOTHING = Rates(d01=0, d02=0, d04=0, d05=0, d06=0, d07=0, d12=0)
PLENTY = Rates(d01=0.06, d02=0.06, d04=0.06, d05=0.15, d06=0.06, d07=0.08, d12=0.15)
OPENED_FEN = 10_000

RUN_FOREVER = """
import sys, threading
from pathlib import Path
from tapline_sim import fleet, stories
folder = Path(sys.argv[1])
fleet.run(stories.read(str(folder / "scenario.json")), state_dir=folder / "state",
          truth_dir=folder / "truth", stop=threading.Event(), run_s=None)
"""


def accepts(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def build(
    port: int, name: str, *, devices: int = 4, cards: int = 40, rates: Rates = NOTHING, **more: Any
) -> Scenario:
    """Quick machines: a pour takes about a second."""
    return Scenario(
        tenant="demo",
        mqtt=Broker("127.0.0.1", port),
        seed=7,
        pace_s=0.4,
        telemetry_every_s=1.0,
        devices=tuple(
            DeviceSpec(
                device_id=f"{name}-{number}",
                key_hex=bytes([number + 1] * 32).hex(),
                username=f"{name}-{number}",
                password="unused",
                mqtt_version=4 if number % 2 else 5,
                nozzles=8,
                flow_ml_s=900,
            )
            for number in range(devices)
        ),
        cards=tuple(
            CardSpec(no=f"{name}{number:04d}", balance_fen=OPENED_FEN) for number in range(cards)
        ),
        plan=PlanSpec(rates=rates),
        tariff=Tariff(version=3, amounts_fen=(30, 50)),
        climate=ClimateSpec(swing_c=0),  # no test is slower in winter
        **more,
    )


@contextmanager
def platform_for(scenario: Scenario, *, false_keys: bool = False) -> Iterator[FakePlatform]:
    keys = {device.device_id: device.key for device in scenario.devices}
    signing = {device_id: bytes(32) for device_id in keys} if false_keys else keys
    platform = FakePlatform(keys, scenario.mqtt.port, signing=signing)
    try:
        yield platform
    finally:
        platform.close()


@contextmanager
def running(scenario: Scenario, folder: Path, stop: threading.Event) -> Iterator[Future[Report]]:
    """The fleet in a thread, until `stop`."""
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(
            fleet.run,
            scenario,
            state_dir=folder / "state",
            truth_dir=folder / "truth",
            stop=stop,
            run_s=None,
        )
        try:
            yield result
        finally:
            stop.set()


def truth_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The ground truth by kind of line; nothing before there is any."""
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    file = folder / "truth" / "truth.jsonl"
    for line in file.read_text().splitlines() if file.exists() else []:
        told[json.loads(line)["t"]].append(json.loads(line))
    return told


def purses_of(folder: Path) -> dict[str, int]:
    """What is on the cards, in fen."""
    with closing(sqlite3.connect(folder / "state" / "fleet.sqlite3")) as db:
        return {
            no: json.loads(body)["balance_fen"] for no, body in db.execute("SELECT * FROM purse")
        }


def kept_facts(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "state" / "fleet.sqlite3")) as db:
        return int(db.execute("SELECT count(*) FROM fact").fetchone()[0])


def assert_truth_adds_up(folder: Path) -> None:
    """Each card holds what it was opened with, plus vouchers, minus what was really taken."""
    told = truth_of(folder)
    expected = {card["card"]: card["opened_fen"] for card in told["card"]}
    for pour in told["pour"]:
        expected[pour["card"]] -= pour["charged_fen"]
    for load in told["load"]:
        expected[load["card"]] += load["fen"]
    assert expected == purses_of(folder)


def assert_complete(folder: Path, platform: FakePlatform) -> None:
    """The platform has every fact of the truth once, and no other."""
    told = truth_of(folder)
    written = [(line["device"], line["seq"]) for line in told["pour"] + told["load"]]
    assert Counter(written) == Counter(platform.keys())


def injected(folder: Path, code: str) -> set[tuple[str, int]]:
    lines = truth_of(folder)["inject"]
    return {(line["device"], line["seq"]) for line in lines if line["code"] == code}


def kill_when(folder: Path, due: Callable[[], bool]) -> None:
    """Run the fleet of `scenario.json` in a process of its own, and kill it when it is due."""
    with subprocess.Popen([sys.executable, "-c", RUN_FOREVER, str(folder)]) as process:
        try:
            until(due, 60)
        finally:
            process.send_signal(signal.SIGKILL)

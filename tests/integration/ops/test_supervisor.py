"""`tapline up` keeps every part alive, owns its folder, and leaves nothing behind."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tapline_ops.embedded import home
from tapline_ops.embedded.broker import mosquitto_program
from tests.integration.ops.mqtt import MqttClient, until

START_S = 120
KILLED = ("PostgreSQL", "worker", "MQTT broker", "cashier")
TAPLINE = (sys.executable, "-m", "tapline_ops")


class House:
    """`tapline` on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ups: list[subprocess.Popen[bytes]] = []

    def up(self) -> subprocess.Popen[bytes]:
        """Start it and wait until the pages answer."""
        log = (self.folder.parent / "up.log").open("ab")
        with log:
            process = subprocess.Popen(
                [*TAPLINE, "up", "--data-dir", str(self.folder)], stdout=log, stderr=log
            )
        self._ups.append(process)
        until(lambda: process.poll() is not None or self.answers(), START_S)
        assert process.poll() is None, (self.folder.parent / "up.log").read_text()
        return process

    def answers(self) -> bool:
        state = self.state()
        if state is None:
            return False
        try:
            with urllib.request.urlopen(f"{state['web_origin']}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def state(self) -> dict[str, Any] | None:
        """What `run.json` says."""
        try:
            state: dict[str, Any] = json.loads((self.folder / "run.json").read_bytes())
        except FileNotFoundError:
            return None
        return state

    def pids(self) -> dict[str, int]:
        state = self.state()
        assert state is not None
        parts: dict[str, int] = state["parts"]
        return parts

    def tapline(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [*TAPLINE, *words, "--data-dir", str(self.folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def json(self, *words: str) -> Any:
        done = self.tapline(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def close(self) -> None:
        for process in self._ups:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        for part in ("postgres", "mqtt"):
            home.remove(self.folder / part)


@contextmanager
def a_house() -> Iterator[House]:
    place = Path(tempfile.mkdtemp(prefix="tapline-up-"))
    place.chmod(0o711)  # as root the servers are other users, who must pass
    house = House(place / "data")
    try:
        yield house
    finally:
        house.close()
        shutil.rmtree(place)


@pytest.fixture
def house() -> Iterator[House]:
    """An empty one, for tests that stop it."""
    with a_house() as house:
        yield house


@pytest.fixture(scope="module")
def running() -> Iterator[House]:
    """One that was started, for tests that leave it running."""
    with a_house() as house:
        house.up()
        yield house


def runs(pid: int) -> bool:
    """Whether the process does more than wait to be buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def is_another(pid: int | None, before: int) -> bool:
    return pid is not None and pid != before and runs(pid)


def test_a_second_start_on_the_same_data_is_refused_and_says_who_is_there(running: House) -> None:
    state = running.state()
    assert state is not None

    second = running.tapline("up")

    assert second.returncode == 1
    assert str(state["pid"]) in second.stderr
    assert state["web_origin"] in second.stderr
    assert "Traceback" not in second.stderr
    assert running.state() == state


@pytest.mark.skipif(mosquitto_program() is None, reason="the fallback has one login for all")
def test_a_new_device_is_let_in_at_once_with_what_it_was_given(running: House) -> None:
    device = running.json("device", "create", "WD-0001", "--tenant", "demo")

    assert device.keys() == {"tenant", "device_id", "key_hex", "mqtt"}
    assert re.fullmatch("[0-9a-f]{64}", device["key_hex"])
    mqtt = device["mqtt"]
    for port, version in ((mqtt["port"], 4), (mqtt["port_v5"], 5)):
        with MqttClient(port, mqtt["username"], mqtt["password"], version=version) as client:
            assert client.accepted


def test_a_device_exists_once(running: House) -> None:
    running.json("device", "create", "WD-0002", "--tenant", "demo")

    again = running.tapline("device", "create", "WD-0002", "--tenant", "demo")

    assert again.returncode == 1
    assert "WD-0002 exists" in again.stderr


def test_secrets_are_for_their_owner_alone(running: House) -> None:
    for secret in (
        "run.json",
        "tapline.key",
        "cashier.key",
        "ports.json",
        "postgres/password",
        "tasks/secret",
    ):
        assert (running.folder / secret).stat().st_mode & 0o077 == 0, secret


def test_what_dies_is_started_again_and_the_rows_are_there(running: House) -> None:
    issued = running.json("card", "issue", "88001234", "--tenant", "demo", "--balance-fen", "5000")
    before = running.pids()
    for name in KILLED:
        os.kill(before[name], signal.SIGKILL)

    until(lambda: all(is_another(running.pids()[name], before[name]) for name in KILLED), 60)
    until(running.answers, 60)

    assert running.json("card", "show", "88001234", "--tenant", "demo") == issued
    assert issued["balance_fen"] == issued["principal_fen"] == 5000


def test_ctrl_c_leaves_no_process_and_keeps_the_data(house: House) -> None:
    up = house.up()
    house.json("card", "issue", "88001234", "--tenant", "demo", "--balance-fen", "5000")
    pids = house.pids()

    up.send_signal(signal.SIGINT)

    assert up.wait(60) == 0
    assert not [name for name, pid in pids.items() if runs(pid)]
    assert house.state() is None
    assert house.json("card", "show", "88001234", "--tenant", "demo")["balance_fen"] == 5000


def test_a_killed_supervisor_takes_its_parts_along_and_can_be_started_again(house: House) -> None:
    up = house.up()
    pids = house.pids()

    up.kill()
    up.wait()

    until(lambda: not [name for name, pid in pids.items() if runs(pid)], 60)
    house.up()

"""Every process is killed at seeded moments of a run; the books must not show it."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import audit

SEED = int(os.environ.get("TAPLINE_CHAOS_SEED", "7"))
RUN_S = int(os.environ.get("TAPLINE_CHAOS_S", "40"))
VICTIMS = (
    "gateway",
    "worker",
    "relay",
    "PostgreSQL",
    "MQTT broker",
    "task broker",
    "cashier",
    "telephony",
    "web",
)
START_S = 300
END_S = 900


def running_parts(data: Path) -> dict[str, int]:
    """Process ids by part, as the supervisor last recorded them."""
    with contextlib.suppress(FileNotFoundError, json.JSONDecodeError, KeyError):
        parts: dict[str, int] = json.loads((data / "run.json").read_text())["parts"]
        return parts
    return {}


def until_pouring(demo: subprocess.Popen[bytes], told: Path) -> None:
    """Wait until the fleet pours: before that there is nothing to lose."""
    deadline = time.monotonic() + START_S
    while "pouring" not in told.read_text():
        assert demo.poll() is None, told.read_text()
        assert time.monotonic() < deadline, told.read_text()
        time.sleep(0.1)


def kill_at_seeded_moments(data: Path) -> list[str]:
    """Kill each victim twice, in a seeded order, while the fleet pours."""
    dice = random.Random(SEED)
    moments = sorted(dice.uniform(0.1, 0.8) * RUN_S for _ in VICTIMS for _ in range(2))
    victims = [*dice.sample(VICTIMS, len(VICTIMS)), *dice.sample(VICTIMS, len(VICTIMS))]
    began = time.monotonic()
    killed = []
    for moment, victim in zip(moments, victims, strict=True):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        pid = running_parts(data).get(victim)
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append(victim)
    return killed


@pytest.mark.chaos
@pytest.mark.req("C2")
def test_killing_every_process_loses_nothing_and_posts_nothing_twice(tmp_path: Path) -> None:
    data, truth, export = (tmp_path / name for name in ("data", "truth", "export"))
    tapline = [sys.executable, "-m", "tapline_ops"]
    arguments = ["--for", str(RUN_S), "--devices", "20", "--seed", str(SEED)]
    told = tmp_path / "demo.log"
    log = told.open("wb")
    demo = subprocess.Popen(
        [*tapline, "demo", *arguments, "--truth", truth, "--data-dir", data],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        until_pouring(demo, told)
        killed = kill_at_seeded_moments(data)
        code = demo.wait(timeout=END_S)
    finally:
        demo.terminate()
        demo.wait()
        log.close()
    assert code == 0, told.read_text()[-4000:]
    assert set(killed) == set(VICTIMS)
    subprocess.run([*tapline, "export", "--data-dir", data, "--out", export], check=True)
    assert audit.problems(truth, export) == []

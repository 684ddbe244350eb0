"""`tapline simulate` as a person uses it: a file, a broker, keys, and Ctrl-C."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.gateway.fake_platform import FakePlatform, until
from tests.gateway.fleets import purses_of

STORY = """
tenant = "demo"
pace_s = 0.4
[fleet]
nozzles = 8
flow_ml_s = 900
[crowd]
count = 20
[plan.rates]
D01 = 0
D02 = 0
D04 = 0
D05 = 0
D06 = 0
D07 = 0
D12 = 0
"""


def test_a_fleet_is_run_against_any_broker_and_ends_cleanly_on_ctrl_c(
    port: int, tmp_path: Path
) -> None:
    keys = {f"CLI-{n}": bytes([n]) * 32 for n in (1, 2, 3)}
    (tmp_path / "story.toml").write_text(STORY)
    named = [{"device_id": name, "key_hex": key.hex()} for name, key in keys.items()]
    (tmp_path / "keys.json").write_text(json.dumps({"devices": named}))
    command = [sys.executable, "-m", "tapline_ops", "simulate", str(tmp_path / "story.toml")]
    command += ["--broker", f"mqtt://127.0.0.1:{port}", "--devices", "2", "--seed", "5"]
    command += ["--keys", str(tmp_path / "keys.json"), "--state", str(tmp_path / "state")]
    command += ["--truth", str(tmp_path / "told.jsonl")]
    platform = FakePlatform(keys, port)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            until(lambda: len(platform.keys()) >= 4, 60)
            process.send_signal(signal.SIGINT)
            told, progress = process.communicate(timeout=75)
        finally:
            process.kill()
            platform.close()
    report = json.loads(told)
    assert (process.returncode, report["drained"], report["unreleased"]) == (0, True, 0)
    assert "2 of 2 online" in progress or "0 of 2 online" in progress
    lines = [json.loads(line) for line in (tmp_path / "told.jsonl").read_text().splitlines()]
    poured = {(line["device"], line["seq"]) for line in lines if line["t"] == "pour"}
    assert poured == set(platform.keys())
    assert {device for device, _ in poured} == {"CLI-1", "CLI-2"}
    drawn = sum(line["charged_fen"] for line in lines if line["t"] == "pour")
    assert sum(purses_of(tmp_path).values()) == 20 * 10_000 - drawn


def test_what_cannot_be_run_is_said_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tapline_ops", "simulate", "storm", "--devices", "8"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ended.returncode == 1
    assert "mqtt" in ended.stderr
    assert "Traceback" not in ended.stderr

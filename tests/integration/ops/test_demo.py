"""The demonstration runs unattended and accounts for every fact and every fen."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapline_ops.embedded import home

TAPLINE = (sys.executable, "-m", "tapline_ops")


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="tapline-demo-"))
    place.chmod(0o711)  # as root the servers are other users, who must pass
    yield place
    for part in ("postgres", "mqtt"):
        home.remove(place / "data" / part)
    shutil.rmtree(place)


def test_a_bounded_run_reports_that_nothing_was_lost(folder: Path) -> None:
    report = folder / "report.json"
    command = [*TAPLINE, "demo", "--for", "15", "--devices", "4", "--seed", "7"]

    done = subprocess.run(
        [*command, "--report", str(report), "--truth", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(report.read_text("utf-8"))
    assert told["facts"]["published"] > 0
    assert told["facts"]["posted"] == told["facts"]["published"]
    assert (told["facts"]["lost"], told["facts"]["duplicated"], told["imbalance_fen"]) == (0, 0, 0)
    for counts in told["discrepancies"].values():
        assert (counts["detected"], counts["false"]) == (counts["injected"], 0)
    assert told["latency_ms"].keys() == {"fact_to_posted", "fact_to_ack"}
    assert (folder / "truth.jsonl").stat().st_size > 0
    assert "/portal" in done.stdout


def test_truth_wants_a_folder_without_a_past(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "something").touch()

    done = subprocess.run(
        [*TAPLINE, "demo", "--truth", str(folder)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "empty data folder" in done.stderr

"""How long `tapline up` takes to answer: on an empty folder, and again on the same one.

    python -m benchmarks.start [--rounds 3] [--out benchmarks/results/start.md]

The limit is what no start can undercut: creating and starting the bare database (cold), and
starting it again (warm), measured in the same rounds.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks import place
from tapline_ops.datafolder import DataFolder
from tapline_ops.embedded.postgres import EmbeddedPostgres

PATIENCE_S = 180


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="first and second starts")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    took_s: dict[str, list[float]] = {}
    for _ in range(arguments.rounds):
        _round(took_s)
    with place.database() as database:
        report = _table(place.machine(database), took_s, arguments.rounds)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _round(took_s: dict[str, list[float]]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tapline-start-"))
    folder.chmod(0o711)  # as root the server is another user, who must pass
    bare = EmbeddedPostgres(folder / "bare")
    try:
        for start in ("cold", "warm"):
            took_s.setdefault(f"{start}: database alone", []).append(_timed(bare.start))
            bare.stop()
            took_s.setdefault(f"{start}: tapline up", []).append(_up(folder / "data"))
    finally:
        bare.remove()
        EmbeddedPostgres(DataFolder(folder / "data").postgres).remove()
        shutil.rmtree(folder, ignore_errors=True)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _up(data: Path) -> float:
    """Seconds until the pages say that they are ready."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        house = subprocess.Popen(
            [sys.executable, "-m", "tapline_ops", "up", "--data-dir", data], stdout=log, stderr=log
        )
        try:
            while not _ready(data):
                if house.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                    raise SystemExit("`tapline up` did not come up")
                time.sleep(0.02)
            return time.perf_counter() - began
        finally:
            house.send_signal(signal.SIGINT)
            house.wait()


def _ready(data: Path) -> bool:
    state = DataFolder(data).run_state()
    if state is None:
        return False
    try:
        with urllib.request.urlopen(f"{state.web_origin}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _table(machine: str, took_s: dict[str, list[float]], rounds: int) -> str:
    rows = []
    for name, times in took_s.items():
        start = name.partition(":")[0]
        limit = median(took_s[f"{start}: database alone"])
        rows.append(f"| {name} | {median(times):.2f} | {median(times) / limit:.1f} |")
    return "\n".join(
        [
            f"# Start: until `/readyz` answers, {rounds} rounds, medians",
            "",
            machine,
            "",
            "| start | s | of the database alone |",
            "|---|---|---|",
            *rows,
        ]
    )


if __name__ == "__main__":
    main()

"""A long siege, and its table.

    python -m tests.chaos [--faults 1000] [--for 900] [--out benchmarks/results/chaos.md]

Exits with 1 when the auditor objects to anything, and with 3 when the house did not come to rest.
"""

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import plan, report
from tests.chaos.disk import SmallDisk
from tests.chaos.siege import Siege


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=1000, help="how many, or a few more")
    parser.add_argument("--for", type=float, default=900, dest="run_s", help="seconds of faults")
    parser.add_argument("--devices", type=int, default=8)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    parser.add_argument("--keep", type=Path, help="a folder to leave everything in")
    asked = parser.parse_args()
    faults = plan.plan(asked.seed, asked.run_s, plan.counts(asked.faults))
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = asked.keep or Path(tempfile.mkdtemp(prefix="tapline-chaos-"))
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # as root the servers are other users, who must pass
        if asked.keep is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if SmallDisk.is_possible():
            stack.enter_context(SmallDisk(folder / "data" / "postgres"))
        else:
            faults = [fault for fault in faults if fault.kind is not plan.Kind.DISK_FULL]
            sys.stderr.write("no disk will be full: only root may mount a small one\n")
        siege = Siege(folder, seed=asked.seed, devices_n=asked.devices, announce=_told)
        outcome = siege.run(faults)
        took_s = time.monotonic() - began
        told = report.table(outcome, seed=asked.seed, took_s=took_s, devices_n=asked.devices)
    _told(told)
    for problem in outcome.problems:
        sys.stderr.write(f"{problem}\n")
    if asked.out:
        asked.out.write_text(told + "\n", encoding="utf-8")
    if outcome.problems:
        return 1
    return 3 if outcome.unfinished else 0


def _told(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

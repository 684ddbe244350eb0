"""Ten thousand dispensers in one process: memory of each, time to connect, reconnect storm.

    python -m benchmarks.fleet10k [--devices 10000] [--out benchmarks/results/fleet10k.md]

The fleet connects to a Mosquitto of its own over loopback, half of it by MQTT 3.1.1 and half by 5,
says hello and reports. Memory is what the process has more than before the first of them was
built. For the storm the broker is killed and started again: every dispenser loses its line in the
same moment, and comes back when its own dice say so. No gateway listens: it is the fleet that is
measured here.
"""

import argparse
import os
import platform
import queue
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.broker import Mosquitto
from benchmarks.hardware import processor
from tapline_sim import stories
from tapline_sim import world as worlds
from tapline_sim.fleet import Fleet
from tapline_sim.scenario import Scenario
from tapline_sim.store import Store
from tapline_sim.stories import Given
from tapline_sim.truth import Truth

ROUNDS = 3
LIMIT_S = 60.0
PATIENCE_S = 120.0
SETTLED_S = 5.0
FILES_BESIDE = 200


class Round(NamedTuple):
    """One fleet's life: KiB and seconds; `peak` is the most connects within a second."""

    kib_each: float
    connect_s: float
    connect_cpu_s: float
    storm_s: float
    storm_peak: int


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000, help="how many dispensers")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="fleets, one after the other")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    _allow_files(arguments.devices + FILES_BESIDE)
    rounds = [_round(arguments.devices) for _ in range(arguments.rounds)]
    report = _table(arguments.devices, rounds)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _allow_files(wanted: int) -> None:
    """A socket each, here and in the broker, which inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise SystemExit(f"{wanted} open files are needed, {hard} allowed: ulimit -Hn {wanted}")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _round(devices: int) -> Round:
    """In a process of its own: memory once taken is seldom given back."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, repr(tuple(_measured(devices))).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read().decode()
    os.waitpid(child, 0)
    kib_each, connect_s, cpu_s, storm_s, peak = map(float, told.strip("()").split(","))
    return Round(kib_each, connect_s, cpu_s, storm_s, int(peak))


def _measured(devices: int) -> Round:
    with tempfile.TemporaryDirectory() as folder, Mosquitto() as broker:
        given = Given(broker=f"mqtt://127.0.0.1:{broker.port}", devices=devices)
        scenario = stories.read("load", given)
        before_kib = _resident_kib()
        began, cpu_before = time.perf_counter(), time.process_time()
        fleets: queue.Queue[Fleet] = queue.Queue()
        thread = threading.Thread(target=_live, args=(scenario, folder, fleets), daemon=True)
        thread.start()
        fleet = fleets.get(timeout=PATIENCE_S)

        def online() -> int:
            assert thread.is_alive(), "the fleet has broken down"
            return sum(device.online for device in list(fleet.members))

        _wait(lambda: online() == devices)
        connect_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_before
        time.sleep(SETTLED_S)
        kib_each = (_resident_kib() - before_kib) / devices
        storm_s, peak = _storm(broker, online, devices)
        # Nobody waits for ten thousand goodbyes here: the process ends.
    return Round(kib_each, connect_s, cpu_s, storm_s, peak)


def _live(scenario: Scenario, folder: str, fleets: "queue.Queue[Fleet]") -> None:
    store = Store(Path(folder))
    fleet = Fleet(worlds.build(scenario, store, Truth(store, None)))
    fleets.put(fleet)
    fleet.run(threading.Event(), None)


def _storm(broker: Mosquitto, online: Callable[[], int], devices: int) -> tuple[float, int]:
    """Seconds from the broker's return until all are back, and the most that came in a second."""
    broker.kill()
    _wait(lambda: online() == 0)
    broker.start()
    began, counts = time.perf_counter(), [0]
    while counts[-1] < devices:
        assert time.perf_counter() - began < PATIENCE_S, "some did not come back"
        time.sleep(1.0)
        counts.append(online())
    took_s = time.perf_counter() - began
    return took_s, max(later - now for now, later in pairwise(counts))


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def _resident_kib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024


def _table(devices: int, rounds: list[Round]) -> str:
    connect_s = median(one.connect_s for one in rounds)
    verdict = "reached" if connect_s < LIMIT_S else "not reached"
    rows = [
        ("memory of a dispenser, KiB", "kib_each", "{:.1f}"),
        ("until all are connected, s", "connect_s", "{:.1f}"),
        ("processor time of that, s", "connect_cpu_s", "{:.1f}"),
        ("until all are back after the broker was killed, s", "storm_s", "{:.1f}"),
        ("most that came back within a second", "storm_peak", "{:.0f}"),
    ]
    lines = [
        _row(label, [getattr(one, name) for one in rounds], form) for label, name, form in rows
    ]
    return "\n".join(
        [
            f"# {devices:,} dispensers in one process, {len(rounds)} rounds",
            "",
            f"{processor()}, load average {os.getloadavg()[0]:.1f}; Python"
            f" {platform.python_version()}.",
            "",
            "| | median | lowest | highest |",
            "|---|---|---|---|",
            *lines,
            "",
            f"Wanted: all connected in less than {LIMIT_S:.0f} s; {verdict}. Each dispenser is a"
            " firmware with flash memory, clock, sensors, a queue of facts and an MQTT session;"
            " what it may not forget lies on disk. Broker and fleet share the machine.",
        ]
    )


def _row(label: str, figures: list[float], form: str) -> str:
    told = (form.format(figure) for figure in (median(figures), min(figures), max(figures)))
    return f"| {label} | {' | '.join(told)} |"


if __name__ == "__main__":
    main()

"""Telemetry end to end beside the same client writing straight to the table.

    python -m benchmarks.telemetry [--readings 50000] [--out benchmarks/results/telemetry.md]

End to end: dispensers publish signed frames at QoS 0, Mosquitto passes them on, `run_telemetry`
verifies, decodes and stores them. Straight: one client holds the same bodies in memory, decodes
them and stores batches of the same size with the same function. Between the two lie MQTT, the
signature, and sharing the machine with broker and publisher. They run in turns.
"""

import argparse
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

from benchmarks import recorder
from benchmarks.place import machine as described
from benchmarks.publisher import Machine
from benchmarks.readings import MACHINES, Place, place
from tapline import clock
from tapline.devices import telemetry
from tapline.devices.telemetry import Reading
from tapline.uow import Database
from tapline_gateway.protocol import Telemetry, decode, read_ts

BATCH = 500
ROUNDS = 5
WANTED = 0.6


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=50_000, help="readings a way and round")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with place() as at:
        report = _report(at, arguments.readings // MACHINES)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(at: Place, each: int) -> str:
    on = described(at.database)
    straight, end_to_end, lost = [], [], 0
    for number in range(ROUNDS + 1):
        straight_rate = _straight(at.database, at.speaking(each, boot=2 * number + 1))
        rate, missing = _end_to_end(at, each, boot=2 * number + 2)
        if number > 0:  # the first round fills caches and prepares statements
            straight.append(straight_rate)
            end_to_end.append(rate)
            lost += missing
    return _table(on, each * MACHINES, straight, end_to_end, lost)


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


def _end_to_end(at: Place, each: int, boot: int) -> tuple[float, int]:
    """Readings a second from the first publication to the last commit, and how many got lost."""
    process = recorder.start(at, "telemetry")
    try:
        recorder.until_recording(at, boot=1000 + boot)
        with recorder.publisher(at, at.speaking(each, boot)) as gate:
            took_s = recorder.timed(at, gate, each, boot)
    finally:
        process.terminate()
        process.join()
    stored = at.stored(boot)
    return stored / took_s, each * MACHINES - stored


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


if __name__ == "__main__":
    main()

"""Tapline's telemetry beside Node-RED, which a small company would pick for the same work.

    python -m benchmarks.node_red [--readings 50000] [--out benchmarks/results/node_red.md]

The same machines publish the same signed readings at QoS 1 to the same broker; both ways store them
in tables of the same kind, partitioned by day with a unique key, on the same server, in turns.
Tapline verifies the signature and acknowledges after the commit. Node-RED, joined to 500 messages
or 50 ms and one insert of many rows, verifies nothing and acknowledges as it receives. Then each is
killed with SIGKILL at a quarter of the readings, started again, and what never came is counted.

Node-RED and pg come from npm, by name, into a folder of the user's cache.
"""

import argparse
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Protocol

from sqlalchemy import text

from benchmarks import node_red_home, recorder
from benchmarks.place import machine as described
from benchmarks.readings import MACHINES, MEASURED, Place, place

ROUNDS = 5
TABLE = "node_red"
_QUIET_S = 5.0


class Running(Protocol):
    """A consumer in a process of its own."""

    @property
    def pid(self) -> int | None: ...
    def join(self) -> None: ...


class Way:
    """One way to get readings into a table; `start` takes the session that it is to resume."""

    def __init__(self, name: str, table: str, start: Callable[[Place, str], Running]) -> None:
        self.name = name
        self.table = table
        self.start = start
        self.rates: list[float] = []
        self.missing = 0
        self.lost_when_killed = 0

    @contextmanager
    def running(self, at: Place, session: str) -> Iterator[Running]:
        """Started, and ended in order afterwards."""
        process = self.start(at, session)
        try:
            yield process
        finally:
            _end(process, signal.SIGTERM)


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=50_000, help="readings a way and round")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    modules = node_red_home.installed()
    each = arguments.readings // MACHINES
    with place() as at, tempfile.TemporaryDirectory() as folder:
        _make_table(at)
        ways = [
            Way("Tapline", "telemetry", recorder.start),
            Way("Node-RED", TABLE, node_red_home.starting(modules, Path(folder))),
        ]
        on = described(at.database)
        _take_turns(at, ways, each)
        for number, way in enumerate(ways):
            way.lost_when_killed = _killed(at, way, each, boot=500 + 10 * number)
        report = _table(on, each * MACHINES, ways)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _take_turns(at: Place, ways: list[Way], each: int) -> None:
    boot = 0
    for number in range(ROUNDS + 1):
        for way in ways:
            boot += 2
            session = f"{way.table}-{boot}"
            with way.running(at, session):
                recorder.until_recording(at, boot=boot - 1, table=way.table)
                with recorder.publisher(at, at.speaking(each, boot), qos=1) as gate:
                    took_s = recorder.timed(at, gate, each, boot, way.table)
            stored = at.stored(boot, way.table)
            _forget(at, session)
            if number > 0:  # the first round fills caches and prepares statements
                way.rates.append(stored / took_s)
                way.missing += each * MACHINES - stored


def _killed(at: Place, way: Way, each: int, boot: int) -> int:
    """How many of the readings never came, where the process was killed at a quarter of them."""
    session = f"{way.table}-killed"
    process = way.start(at, session)
    recorder.until_recording(at, boot=boot - 1, table=way.table)
    with recorder.publisher(at, at.speaking(each, boot), qos=1) as gate:
        gate.go.set()
        while at.stored(boot, way.table) < each * MACHINES // 4:
            time.sleep(0.02)
        _end(process, signal.SIGKILL)
        with way.running(at, session):
            stored, quiet_from = at.stored(boot, way.table), time.monotonic()
            while stored < each * MACHINES and time.monotonic() - quiet_from < _QUIET_S * 4:
                time.sleep(0.2)
                before, stored = stored, at.stored(boot, way.table)
                quiet_from = time.monotonic() if stored > before else quiet_from
    _forget(at, session)
    return each * MACHINES - stored


def _end(process: Running, number: signal.Signals) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)
    process.join()


def _forget(at: Place, session: str) -> None:
    """End a session that nobody will resume: the broker would queue for it."""
    login = at.broker.gateway_login
    words = b"".join(
        len(word).to_bytes(2, "big") + word.encode()
        for word in (session, login.username, login.password)
    )
    content = b"\x00\x04MQTT\x04\xc2\x00\x1e" + words
    with socket.create_connection((at.broker.host, at.broker.ports.gateway)) as link:
        link.sendall(b"\x10" + bytes([len(content)]) + content)
        assert link.recv(4) == b"\x20\x02\x00\x00", "the broker does not know the gateway"
        link.sendall(b"\xe0\x00")


def _make_table(at: Place) -> None:
    """As ours: the same columns, a partition a day, a unique key; and nothing else."""
    columns = ", ".join(f"{name} integer" for name in MEASURED)
    with at.database.transaction() as uow:
        uow.session.execute(
            text(
                f"create table {TABLE} (tenant_id text not null, device_id text not null,"
                " ts timestamptz not null, boot bigint not null, up_ms bigint not null,"
                f" {columns}, extra jsonb, unique (device_id, ts, boot, up_ms))"
                " partition by range (ts)"
            )
        )
        for day in range(-2, 2):
            begin, end = (f"date_trunc('day', now()) + interval '{n} day'" for n in (day, day + 1))
            first, last = uow.session.execute(text(f"select {begin}, {end}")).one()
            uow.session.execute(
                text(
                    f"create table {TABLE}_{day + 2} partition of {TABLE}"
                    f" for values from ('{first}') to ('{last}')"
                )
            )


def _table(on: str, readings: int, ways: list[Way]) -> str:
    ours, theirs = ways
    ratios = [one / other for one, other in zip(ours.rates, theirs.rates, strict=True)]
    rows = [
        f"| {way.name} | {median(way.rates):,.0f} | {min(way.rates):,.0f} | {max(way.rates):,.0f}"
        f" | {way.missing:,} | {way.lost_when_killed:,} of {readings:,} |"
        for way in ways
    ]
    return "\n".join(
        [
            f"# Telemetry beside Node-RED 4: {readings:,} readings of {MACHINES} dispensers,"
            f" {ROUNDS} rounds in turns",
            "",
            on,
            "",
            "| way | readings/s, median | lowest | highest | missing in the rounds"
            " | lost when killed at a quarter |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            f"Tapline to Node-RED, median of the rounds: {median(ratios):.2f}"
            f" ({', '.join(f'{ratio:.2f}' for ratio in ratios)}).",
            "",
            "Machines publish at QoS 1. Node-RED joins 500 messages or 50 ms and inserts them with"
            " one statement; it checks no signature, and acknowledges before it has stored."
            " Publisher, broker, consumer and database share the machine.",
        ]
    )


if __name__ == "__main__":
    main()

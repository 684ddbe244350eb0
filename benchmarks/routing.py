"""Decisions of the router beside the bare fold of what they decided.

    python -m benchmarks.routing [--calls 800] [--out benchmarks/results/routing.md]

One simulated day's commands, the same in every way, in turns: its events folded and nothing else;
decided again and folded; and submitted to a desk in a database, a transaction a command. The fold
is the floor: a desk must at least know what happened to it.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from benchmarks import place
from tapline import clock, routing, tenants
from tapline.routing import Command, simulation
from tapline.routing.core import State, decide, fold
from tapline.routing.core.events import RoutingEvent
from tapline.uow import Database

ROUNDS = 5
STORED = 300
START = clock.now().replace(microsecond=0)

Step = tuple[int, Command, list[RoutingEvent]]


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=800)
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with place.database() as database:
        report = _report(database, arguments.calls)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(database: Database, calls: int) -> str:
    steps = _day(calls)
    rates: dict[str, list[float]] = {}
    for number in range(ROUNDS + 1):
        ways: dict[str, tuple[Callable[[], None], int]] = {
            "fold alone": (lambda: _fold(steps), len(steps)),
            "decide and fold": (lambda: _decide(steps), len(steps)),
            "submit to the database": (lambda n=number: _submit(database, steps, n), STORED),  # type: ignore[misc]
        }
        for name, (way, count) in ways.items():
            began = time.perf_counter()
            way()
            if number > 0:  # the first round fills caches
                rates.setdefault(name, []).append(count / (time.perf_counter() - began))
    floor = median(rates["fold alone"])
    rows = [
        f"| {name} | {median(found):,.0f} | {median(found) / floor:.3f} |"
        for name, found in rates.items()
    ]
    return "\n".join(
        [
            f"# Decisions of the router: a day of {calls} calls and 100 tickets, 8 agents",
            "",
            place.machine(database),
            "",
            "| way | decisions/s | of the fold |",
            "|---|---|---|",
            *rows,
            "",
            f"{len(steps):,} decisions in memory, the first {STORED:,} of them in the database.",
        ]
    )


def _day(calls: int) -> Sequence[Step]:
    """What a day decided: moment, command, events."""
    floor = simulation.lived(simulation.Day(calls=calls))
    return [
        (entry.at_ms, _plain(entry.command, Command), _plain(entry.events, list[RoutingEvent]))
        for entry in floor.log
    ]


def _plain(value: object, kind: Any) -> Any:
    return msgspec.convert(value, kind)


def _fold(steps: Sequence[Step]) -> None:
    state = State()
    for _, _, events in steps:
        state = fold(state, events)


def _decide(steps: Sequence[Step]) -> None:
    state = State()
    for at_ms, command, _ in steps:
        state = fold(state, decide(state, command, at_ms))


def _submit(database: Database, steps: Sequence[Step], number: int) -> None:
    tenant_id = f"bench{number}"
    with database.transaction() as uow:
        tenants.create(uow, tenant_id=tenant_id, name="Bench", legal_entity="Bench")
    for at_ms, command, _ in steps[:STORED]:
        with (
            clock.frozen(START + timedelta(milliseconds=at_ms)),
            database.transaction() as uow,
        ):
            routing.submit(uow, tenant_id=tenant_id, command=command)


if __name__ == "__main__":
    main()

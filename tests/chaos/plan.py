"""What shall go wrong, when, and where: decided by a seed, before anything runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Kind(StrEnum):
    """A way to fail."""

    KILL = "SIGKILL"
    FREEZE = "SIGSTOP, then SIGCONT"
    CUT = "connections closed"
    RESET = "connections reset"
    HALF_OPEN = "accepted, never answered, then reset"
    LOSS = "pieces lost: stalls and cuts"
    LATENCY = "latency"
    REORDER = "pieces overtake each other across connections"
    CORRUPT = "a byte turned over"
    FORGE = "forged frames"
    DISK_FULL = "disk of the database full"
    CLOCK = "clocks stepped"


SERVERS = ("PostgreSQL", "MQTT broker", "task broker")
PROCESSES = ("gateway", "worker", "beat", "relay", "web", "cashier", "telephony")
BACKEND = "a PostgreSQL backend"
FLEET = "simulator"
"""All machines at once: its end is a power cut."""
DEVICE_LINE = "devices to broker"
GATEWAY_LINE = "gateway to broker"
DATABASE_LINE = "processes to PostgreSQL"
LINES = (DEVICE_LINE, GATEWAY_LINE, DATABASE_LINE)

_TARGETS: Mapping[Kind, tuple[str, ...]] = {
    Kind.KILL: (*PROCESSES, *SERVERS, BACKEND, FLEET),
    Kind.FREEZE: (*PROCESSES, *SERVERS, BACKEND, FLEET),
    Kind.CUT: LINES,
    Kind.RESET: LINES,
    Kind.HALF_OPEN: LINES,
    Kind.LOSS: LINES,
    Kind.LATENCY: LINES,
    Kind.REORDER: LINES,
    # What runs from gateway to database has no signature, and TCP's own sum.
    Kind.CORRUPT: (DEVICE_LINE,),
    Kind.FORGE: ("platform",),
    Kind.DISK_FULL: ("PostgreSQL",),
    Kind.CLOCK: ("platform",),
}
_LASTS_S: Mapping[Kind, tuple[float, float]] = {
    Kind.FREEZE: (0.3, 3.0),
    Kind.HALF_OPEN: (0.5, 4.0),
    Kind.LOSS: (0.5, 3.0),
    Kind.LATENCY: (0.5, 3.0),
    Kind.REORDER: (0.5, 3.0),
    Kind.CORRUPT: (0.3, 1.0),
    Kind.DISK_FULL: (2.0, 6.0),
    Kind.CLOCK: (1.0, 5.0),
}
_SIZE: Mapping[Kind, tuple[float, float]] = {
    Kind.LOSS: (0.05, 0.4),  # share of pieces
    Kind.LATENCY: (0.05, 0.6),  # s
    Kind.REORDER: (0.05, 0.6),  # s
    Kind.FORGE: (10, 60),  # frames
    Kind.CLOCK: (-300, 300),  # s
}

SHORT: Mapping[Kind, int] = {
    Kind.KILL: 12,
    Kind.FREEZE: 6,
    Kind.CUT: 3,
    Kind.RESET: 3,
    Kind.HALF_OPEN: 3,
    Kind.LOSS: 3,
    Kind.LATENCY: 3,
    Kind.REORDER: 3,
    Kind.CORRUPT: 2,
    Kind.FORGE: 2,
    Kind.DISK_FULL: 1,
    Kind.CLOCK: 2,
}
"""A handful of each: every process is killed once, every line suffers."""

_SHARES: Mapping[Kind, int] = {
    Kind.KILL: 12,
    Kind.FREEZE: 14,
    Kind.CUT: 11,
    Kind.RESET: 11,
    Kind.HALF_OPEN: 9,
    Kind.LOSS: 10,
    Kind.LATENCY: 9,
    Kind.REORDER: 9,
    Kind.CORRUPT: 4,
    Kind.FORGE: 6,
    Kind.DISK_FULL: 2,
    Kind.CLOCK: 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One failure: `at_s` from the start of the run, over after `lasts_s`.

    `size` is a share of pieces for loss, seconds for latency, reordering and clocks, a number of
    frames for forgeries; 0 where there is nothing to choose.
    """

    at_s: float
    kind: Kind
    target: str
    lasts_s: float = 0.0
    size: float = 0.0


def counts(total: int) -> dict[Kind, int]:
    """How many of each kind make `total` or a few more."""
    return {kind: -(-total * share // 100) for kind, share in _SHARES.items()}


def plan(seed: int, run_s: float, wanted: Mapping[Kind, int]) -> list[Fault]:
    """The faults of a run in the order of their time, from its first tenth to its last.

    Targets take turns, so that none is hit a second time before all others were hit once.
    """
    chance = Random(f"chaos/{seed}")
    faults = []
    for kind in Kind:
        moments = sorted(chance.uniform(0.1, 0.9) * run_s for _ in range(wanted.get(kind, 0)))
        for at_s, target in zip(moments, _in_turns(chance, _TARGETS[kind]), strict=False):
            lasts_s, size = (_drawn(chance, of, kind) for of in (_LASTS_S, _SIZE))
            faults.append(Fault(at_s=at_s, kind=kind, target=target, lasts_s=lasts_s, size=size))
    return sorted(faults, key=lambda fault: fault.at_s)


def _in_turns(chance: Random, targets: tuple[str, ...]) -> Iterator[str]:
    while True:
        yield from chance.sample(targets, len(targets))


def _drawn(chance: Random, bounds: Mapping[Kind, tuple[float, float]], kind: Kind) -> float:
    return round(chance.uniform(*bounds[kind]), 2) if kind in bounds else 0.0

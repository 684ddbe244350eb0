"""Who carries the plan out: signals, lines, the disk, the clocks, the forger."""

import contextlib
import heapq
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from tests.chaos.disk import SmallDisk
from tests.chaos.forger import Forger
from tests.chaos.plan import BACKEND, Fault, Kind
from tests.chaos.wire import Line, Lines, Weather

_AGAIN_S = 0.7
"""A fault that finds nobody, because the last one was just there, is tried again after this."""
_SERVER = "PostgreSQL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the hands can lay hold of. `parts` tells process ids by name at this moment."""

    parts: Callable[[], Mapping[str, int | None]]
    wires: Lines
    lines: Mapping[str, Line]
    disk: SmallDisk | None
    clock_file: Path
    forger: Forger


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault that was brought about; moments of `time.monotonic`."""

    fault: Fault
    began_s: float
    over_s: float


class Hands:
    """Carries faults out at their moments, on a thread of its own."""

    def __init__(self, reach: Reach, faults: Sequence[Fault], seed: int) -> None:
        self._reach = reach
        self._chance = Random(f"hands/{seed}")
        self._order = count()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self.struck: list[Struck] = []
        self.missed: list[Fault] = []
        began = time.monotonic()
        self._last_s = max(fault.at_s for fault in faults) + 10 * _AGAIN_S + began
        for fault in faults:
            self._later(began + fault.at_s, self._trying(fault))
        self._thread = threading.Thread(target=self._work, name="chaos")
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether something is still to go wrong, or to be put right."""
        return self._thread.is_alive()

    def _work(self) -> None:
        while self._agenda:
            at_s, _, act = heapq.heappop(self._agenda)
            time.sleep(max(0.0, at_s - time.monotonic()))
            act()

    def _later(self, at_s: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (at_s, next(self._order), act))

    def _trying(self, fault: Fault) -> Callable[[], None]:
        def attempt() -> None:
            began_s = time.monotonic()
            undo = self._begin(fault)
            if undo is None:
                if began_s < self._last_s:
                    self._later(began_s + _AGAIN_S, attempt)
                else:
                    self.missed.append(fault)
                return
            over_s = began_s + fault.lasts_s
            self.struck.append(Struck(fault, began_s, max(over_s, time.monotonic())))
            self._later(over_s, undo)

        return attempt

    def _begin(self, fault: Fault) -> Callable[[], None] | None:
        """Bring it about; how to end it, or None when there was nothing to hit."""
        match fault.kind:
            case Kind.KILL | Kind.CUT | Kind.RESET | Kind.FORGE:
                return _nothing if self._strike(fault) else None
            case Kind.FREEZE:
                return self._freeze(fault.target)
            case Kind.DISK_FULL:
                return self._fill_disk()
            case Kind.CLOCK:
                self._reach.clock_file.write_text(str(fault.size))
                return lambda: self._reach.clock_file.unlink(missing_ok=True)
            case _:
                return self._spoil(self._reach.lines[fault.target], _weather(fault))

    def _strike(self, fault: Fault) -> bool:
        """What is over at once; whether it hit."""
        if fault.kind is Kind.KILL:
            return bool(self._signal(fault.target, signal.SIGKILL))
        if fault.kind is Kind.FORGE:
            return self._reach.forger.forge(round(fault.size))
        line, is_hard = self._reach.lines[fault.target], fault.kind is Kind.RESET
        self._reach.wires.do(line.cut(is_hard=is_hard))
        return True

    def _freeze(self, target: str) -> Callable[[], None] | None:
        frozen = self._signal(target, signal.SIGSTOP)

        def thaw() -> None:
            _send(frozen, signal.SIGCONT)

        return thaw if frozen else None

    def _signal(self, target: str, number: signal.Signals) -> list[int]:
        """Send it to a part, and with it to its children unless it ends by it; who got it."""
        pid = self._reach.parts().get(_SERVER if target == BACKEND else target)
        if pid is None:
            return []
        backends = _children(pid) if target in {BACKEND, _SERVER} else []
        if target == BACKEND:
            working = [one for one in backends if _works(one)]
            return _send([self._chance.choice(working)], number) if working else []
        return _send([pid] if number == signal.SIGKILL else [pid, *backends], number)

    def _fill_disk(self) -> Callable[[], None] | None:
        disk = self._reach.disk
        if disk is None:
            return None
        disk.fill()
        return disk.empty

    def _spoil(self, line: Line, weather: Weather) -> Callable[[], None]:
        self._reach.wires.do(line.begin(weather))
        return lambda: self._reach.wires.do(line.end(weather))


def _weather(fault: Fault) -> Weather:
    match fault.kind:
        case Kind.HALF_OPEN:
            return Weather(is_mute=True)
        case Kind.LOSS:
            return Weather(lost=fault.size)
        case Kind.LATENCY:
            return Weather(delay_s=fault.size)
        case Kind.REORDER:
            return Weather(spread_s=fault.size)
        case Kind.CORRUPT:
            return Weather(spoilt=0.3)
        case kind:
            raise AssertionError(f"{kind} is no weather")


def _nothing() -> None:
    """What is over at once needs no end."""


def _send(pids: Sequence[int], number: signal.Signals) -> list[int]:
    sent = []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
            sent.append(pid)
    return sent


def _children(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        threads = Path(f"/proc/{pid}/task").iterdir()
        return [int(one) for thread in threads for one in (thread / "children").read_text().split()]
    return []


def _works(pid: int) -> bool:
    """Whether a process of PostgreSQL serves somebody."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return b"postgres: tapline" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False

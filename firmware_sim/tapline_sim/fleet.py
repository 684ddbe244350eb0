"""A fleet of dispensers in one thread: sells, winds down, drains, and reports."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tapline_sim import world as worlds
from tapline_sim.firmware import Firmware
from tapline_sim.makers import ForeignMachine
from tapline_sim.report import Report
from tapline_sim.scenario import DeviceSpec, Scenario
from tapline_sim.store import Store
from tapline_sim.truth import Truth
from tapline_sim.world import World

DRAIN_S = 60.0  # after the end: last pours, uploads, and the platform's questions
SEQUELS_S = 30.0  # of these, how long to wait for pours that the plan still needs
GOODBYE_S = 5.0
SEQUEL_SHARE = 0.6  # of a bounded run: later on nothing is begun that needs a sequel
TRUTH_EVERY_S = 0.5
PROGRESS_EVERY_S = 5.0
LOOK_EVERY_S = 0.05
CLONE = "~"
"""Behind the name of a device: its copy's memory. No device has it in its own."""

Member = Firmware | ForeignMachine
Progress = Callable[[str], None]


def run(
    scenario: Scenario,
    *,
    state_dir: Path,
    truth_dir: Path | None,
    stop: threading.Event,
    run_s: float | None,
    progress: Progress | None = None,
) -> Report:
    """Run the fleet until `stop` is set or `run_s` seconds are over, then drain it.

    `state_dir` holds what survives the process: started again with the same folder, every device
    goes on with its facts, every card with its purse, and the truth with its next line. `progress`
    is called with a line every few seconds. StoreError when another fleet holds the folder.
    """
    store = Store(state_dir)
    try:
        truth = Truth(store, truth_dir)
        fleet = Fleet(worlds.build(scenario, store, truth), progress)
        try:
            return fleet.run(stop, run_s)
        finally:
            truth.flush()
            fleet.close()
    finally:
        store.close()


@contextmanager
def running(
    scenario: Scenario, *, state_dir: Path, truth_dir: Path | None = None
) -> Iterator[Future[Report]]:
    """The fleet in a thread of this process, until the block ends; then the report is there.

    For tests and benchmarks: `with running(...) as report: ...; report.result()` afterwards.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="fleet") as pool:
        report = pool.submit(
            run, scenario, state_dir=state_dir, truth_dir=truth_dir, stop=stop, run_s=None
        )
        try:
            yield report
        finally:
            stop.set()


class Fleet:
    """All devices of a world. Each is built when its turn to start comes."""

    def __init__(self, world: World, progress: Progress | None = None) -> None:
        self._world = world
        self._progress = progress
        self._waiting = deque(world.scenario.devices)
        self.members: list[Member] = []

    def run(self, stop: threading.Event, run_s: float | None) -> Report:
        """From the first device's start to the last one's goodbye."""
        self._start(run_s)
        self._turn_until(stop.is_set, run_s)
        self._waiting.clear()
        self._world.closing = True
        self._world.close_sites()
        self._world.mischief.stop_sequels()
        closed_s = time.monotonic()
        for device in self.members:
            device.close()
        if not self._turn_until(self._quiet, SEQUELS_S):
            for device in self.members:
                device.give_up_sequels()
        left_s = closed_s + DRAIN_S - time.monotonic()
        drained = self._turn_until(lambda: self._quiet() and self._delivered(), left_s)
        for device in self.members:
            device.leave()
        self._turn_until(lambda: all(device.gone for device in self.members), GOODBYE_S)
        return self._report(drained=drained)

    def close(self) -> None:
        """Let go of the sockets."""
        self._world.reactor.close()

    def _start(self, run_s: float | None) -> None:
        after, plan = self._world.reactor.after, self._world.plan
        self._start_next()
        for spec in self._world.scenario.devices:
            if (at_s := plan.cloned_at_s(spec.device_id)) is not None:
                after(at_s, partial(self._clone, spec))
        if run_s is not None:
            after(run_s * SEQUEL_SHARE, self._world.mischief.stop_sequels)
        self._write_truth()
        if self._progress is not None:
            self._tell(self._progress)

    def _start_next(self) -> None:
        """Start one device, and the next one when its time has come."""
        if not self._waiting:
            return
        spec = self._waiting.popleft()
        kind = ForeignMachine if spec.maker else Firmware
        self._begin(kind(spec, self._world))
        self._world.reactor.after(1 / self._world.scenario.connects_per_s, self._start_next)

    def _begin(self, device: Member) -> None:
        self.members.append(device)
        device.start()

    def _clone(self, spec: DeviceSpec) -> None:
        with self._world.store.transaction():
            self._world.truth.device("cloned", spec.device_id)
        self._begin(Firmware(spec, self._world, copy=CLONE))

    def _tell(self, progress: Progress) -> None:
        online = sum(device.online for device in self.members)
        told = sum(device.facts_written for device in self.members)
        progress(
            f"{self._world.run_s:.0f} s: {online} of {len(self._world.scenario.devices)} online,"
            f" {told} facts, {self._unreleased()} not released yet"
        )
        self._world.reactor.after(PROGRESS_EVERY_S, lambda: self._tell(progress))

    def _turn_until(self, done: Callable[[], bool], limit_s: float | None) -> bool:
        """Let the world go on; True when `done` came before the limit."""
        until_s = float("inf") if limit_s is None else time.monotonic() + limit_s
        while not done():
            # Asking is dear where there are thousands of devices: not after every packet.
            pause_s = min(until_s, time.monotonic() + LOOK_EVERY_S)
            while time.monotonic() < pause_s:
                self._world.reactor.turn()
            if time.monotonic() >= until_s:
                return False
        return True

    def _quiet(self) -> bool:
        """Whether no customer is left, and nothing begun waits for one."""
        if self._world.mischief.waits_for_sequels():
            return False
        return not any(device.busy for device in self.members)

    def _delivered(self) -> bool:
        """Whether the platform has signed for everything, and has asked for what was withheld."""
        return self._unreleased() == 0 and len(self._world.duties) == 0

    def _unreleased(self) -> int:
        return int(self._world.store.value("SELECT count(*) FROM fact"))

    def _write_truth(self) -> None:
        self._world.truth.flush()
        self._world.reactor.after(TRUTH_EVERY_S, self._write_truth)

    def _report(self, *, drained: bool) -> Report:
        return Report(
            published=sum(device.facts_written for device in self.members) - self._unsent(),
            unreleased=self._unreleased(),
            injected=self._world.truth.injected(),
            fact_to_ack_ms=self._world.latencies.percentiles(),
            refused_frames=sum(device.refused_frames for device in self.members),
            drained=drained,
        )

    def _unsent(self) -> int:
        return int(self._world.store.value("SELECT count(*) FROM fact WHERE NOT sent"))

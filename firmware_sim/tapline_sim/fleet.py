"""A fleet of dispensers in one thread: sells, winds down, drains, and reports."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from tapline_sim import world as worlds
from tapline_sim.firmware import Firmware
from tapline_sim.report import Report
from tapline_sim.scenario import Scenario
from tapline_sim.store import Store
from tapline_sim.truth import Truth
from tapline_sim.world import World

DRAIN_S = 60.0  # after the end: last pours, uploads, and the platform's questions
SEQUELS_S = 30.0  # of these, how long to wait for pours that the plan still needs
GOODBYE_S = 5.0
SEQUEL_SHARE = 0.6  # of a bounded run: later on nothing is begun that needs a sequel
CONNECTS_PER_S = 100
TRUTH_EVERY_S = 0.5


def run(
    scenario: Scenario,
    *,
    state_dir: Path,
    truth_dir: Path | None,
    stop: threading.Event,
    run_s: float | None,
) -> Report:
    """Run the fleet until `stop` is set or `run_s` seconds are over, then drain it.

    `state_dir` holds what survives the process: started again with the same folder, every device
    goes on with its facts, every card with its purse, and the truth with its next line. StoreError
    when another fleet holds the folder.
    """
    store = Store(state_dir)
    try:
        truth = Truth(store, truth_dir)
        fleet = _Fleet(worlds.build(scenario, store, truth))
        try:
            return fleet.run(stop, run_s)
        finally:
            truth.flush()
            fleet.close()
    finally:
        store.close()


class _Fleet:
    def __init__(self, world: World) -> None:
        self._world = world
        self._devices = [Firmware(spec, world) for spec in world.scenario.devices]

    def run(self, stop: threading.Event, run_s: float | None) -> Report:
        self._start(run_s)
        self._turn_until(stop.is_set, run_s)
        self._world.closing = True
        self._world.mischief.stop_sequels()
        closed_s = time.monotonic()
        for device in self._devices:
            device.close()
        if not self._turn_until(self._quiet, SEQUELS_S):
            for device in self._devices:
                device.give_up_sequels()
        left_s = closed_s + DRAIN_S - time.monotonic()
        drained = self._turn_until(lambda: self._quiet() and self._delivered(), left_s)
        for device in self._devices:
            device.leave()
        self._turn_until(lambda: all(device.gone for device in self._devices), GOODBYE_S)
        return self._report(drained=drained)

    def close(self) -> None:
        self._world.reactor.close()

    def _start(self, run_s: float | None) -> None:
        for place, device in enumerate(self._devices):
            device.start(place / CONNECTS_PER_S)
        if run_s is not None:
            stop_sequels = self._world.mischief.stop_sequels
            self._world.reactor.after(run_s * SEQUEL_SHARE, stop_sequels)
        self._write_truth()

    def _turn_until(self, done: Callable[[], bool], limit_s: float | None) -> bool:
        """Let the world go on; True when `done` came before the limit."""
        until_s = None if limit_s is None else time.monotonic() + limit_s
        while not done():
            if until_s is not None and time.monotonic() >= until_s:
                return False
            self._world.reactor.turn()
        return True

    def _quiet(self) -> bool:
        """Whether no customer is left, and nothing begun waits for one."""
        if self._world.mischief.waits_for_sequels():
            return False
        return not any(device.busy for device in self._devices)

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
            published=sum(device.facts_written for device in self._devices) - self._unsent(),
            unreleased=self._unreleased(),
            injected=self._world.truth.injected(),
            fact_to_ack_ms=self._world.latencies.percentiles(),
            refused_frames=sum(device.refused_frames for device in self._devices),
            drained=drained,
        )

    def _unsent(self) -> int:
        return int(self._world.store.value("SELECT count(*) FROM fact WHERE NOT sent"))

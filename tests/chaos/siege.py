"""A house under siege: every line goes through our hands, and every process can be reached."""

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from sqlalchemy import make_url

from tapline import clock
from tapline.uow import Database
from tapline_ops.connection import connected
from tapline_ops.datafolder import DataFolder
from tapline_ops.demo.repository import DemoRepository
from tapline_ops.export import export_all
from tapline_ops.provision import DEMO
from tapline_ops.relay import drained
from tapline_ops.supervisor import Announce, Process, Supervisor
from tests import audit
from tests.chaos import plan, stepping
from tests.chaos.disk import SmallDisk
from tests.chaos.estate import Estate
from tests.chaos.hands import Hands, Reach, Struck
from tests.chaos.plan import Fault
from tests.chaos.wire import Line, Lines

_STEPPING = str(Path(stepping.__file__).parent)
_LOOK_EVERY_S = 0.2
_CALM_S = 240
"""How long the house may take to be whole again once nothing goes wrong any more."""
_DRAIN_S = 120
_HAND_INS = 5
_CONSEQUENCES_S = 240
_SOON = timedelta(minutes=1)


class Besieged(Supervisor):
    """A supervisor whose parts reach database and broker over lines that can be spoilt."""

    def __init__(
        self, folder: DataFolder, announce: Announce, wires: Lines, clock_file: Path
    ) -> None:
        super().__init__(folder, announce, threading.Event())
        self._wires = wires
        self._clock_file = clock_file
        self.lines: dict[str, Line] = {}
        self.direct_database_url = ""
        self.direct_port = 0

    def environment(self) -> dict[str, str]:
        """As ever; and the clock of a process can be stepped."""
        return super().environment() | {
            "PYTHONPATH": os.pathsep.join([_STEPPING, os.environ.get("PYTHONPATH", "")]),
            "TAPLINE_CHAOS_CLOCK": str(self._clock_file),
        }

    def begin_fleet(self, scenario: Path, truth: Path) -> None:
        """All machines, as a process that is watched and started again like any."""
        self._begin(plan.FLEET, self._fleet(scenario, truth))
        self._record()

    def hand_in(self, scenario: Path, truth: Path) -> Process:
        """The same machines, switched on to deliver what they hold; it ends by itself."""
        fleet = self._fleet(scenario, truth, "--for", "1")
        fleet.start()
        return fleet

    def _fleet(self, scenario: Path, truth: Path, *more: str) -> Process:
        folder = self._folder
        orders = [str(scenario), "--report", str(folder.path / "fleet.json")]
        orders += ["--state", str(folder.path / "fleet"), "--truth", str(truth), *more]
        return Process("simulator", ["simulate", *orders], folder, self.environment())

    def all_well(self) -> bool:
        """Whether every part runs."""
        return all(part.service.alive() for part in self._parts)

    def dismiss_fleet(self) -> None:
        """Let the machines sell no more, hand in what they have, and go."""
        (part,) = (one for one in self._parts if one.name == plan.FLEET)
        self._parts.remove(part)
        assert isinstance(part.service, Process)
        part.service.stop(patience_s=_DRAIN_S)

    def _start_servers(self) -> None:
        super()._start_servers()
        state = self.state
        self.direct_database_url, self.direct_port = state.database_url, state.mqtt.port
        url = make_url(state.database_url)
        assert url.port is not None
        self.lines = {
            plan.DEVICE_LINE: self._wires.lay(state.mqtt.port),
            plan.GATEWAY_LINE: self._wires.lay(state.mqtt.gateway_port),
            plan.DATABASE_LINE: self._wires.lay(url.port),
        }
        ports = {name: line.port for name, line in self.lines.items()}
        through = url.set(port=ports[plan.DATABASE_LINE])
        device_port = ports[plan.DEVICE_LINE]
        self._state = msgspec.structs.replace(
            state,
            database_url=through.render_as_string(hide_password=False),
            mqtt=msgspec.structs.replace(
                state.mqtt,
                port=device_port,
                port_v5=device_port,
                gateway_port=ports[plan.GATEWAY_LINE],
            ),
        )


@dataclass(slots=True)
class Outcome:
    """How a siege ended."""

    struck: list[Struck]
    missed: list[Fault]
    problems: list[str]
    facts: dict[str, int]
    forged: int
    spoilt: int
    seen: list[tuple[float, int]] = field(repr=False)
    """When so many facts were stored; moments of `time.monotonic`."""
    unfinished: list[str] = field(default_factory=list)


class Siege:
    """A whole run on an empty folder, from the first start to the audit."""

    def __init__(
        self, folder: Path, *, seed: int, devices_n: int, announce: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._seed = seed
        self._devices_n = devices_n
        self._announce = announce
        self._truth, self._export = folder / "truth", folder / "export"
        self._scenario = folder / "scenario.json"

    def run(self, faults: list[Fault]) -> Outcome:
        """Let everything of the plan go wrong, then let the house come to rest, and audit it."""
        data = DataFolder(self._folder / "data")
        clock_file = self._folder / "clock"
        with Lines(self._seed) as wires:
            house = Besieged(data, self._announce, wires, clock_file)
            try:
                house.start()
                with connected(house.direct_database_url) as database:
                    estate = Estate(database, data, devices_n=self._devices_n)
                    self._scenario.write_bytes(estate.scenario(house.state.mqtt, self._seed))
                    house.begin_fleet(self._scenario, self._truth)
                    disk = SmallDisk(data.postgres) if os.path.ismount(data.postgres) else None
                    reach = Reach(
                        parts=lambda: house.state.parts,
                        wires=wires,
                        lines=house.lines,
                        disk=disk,
                        clock_file=clock_file,
                        forger=estate.forger(house.direct_port, self._seed),
                    )
                    return self._besiege(house, database, reach, faults)
            finally:
                house.stop()

    def _besiege(
        self, house: Besieged, database: Database, reach: Reach, faults: list[Fault]
    ) -> Outcome:
        seen = Watch(house.direct_database_url)
        self._keep(house, lambda: seen.count > 0, _CALM_S)
        self._announce(f"{len(faults)} faults are to come")
        hands = Hands(reach, faults, self._seed)
        self._keep(house, lambda: not hands.busy, float("inf"))
        calm_from = seen.count
        unfinished = []
        if not self._keep(house, lambda: house.all_well() and seen.count > calm_from, _CALM_S):
            unfinished.append("some part did not come back")
        unfinished += self._come_to_rest(house, database)
        seen.stop()
        export_all(database, self._export)
        return Outcome(
            struck=hands.struck,
            missed=hands.missed,
            problems=audit.problems(self._truth, self._export),
            facts=_counted(self._truth, self._export),
            forged=reach.forger.delivered,
            spoilt=sum(line.spoilt for line in house.lines.values()),
            seen=seen.seen,
            unfinished=unfinished,
        )

    def _come_to_rest(self, house: Besieged, database: Database) -> list[str]:
        self._announce("calm; the machines hand in what they have")
        dismissed = threading.Thread(target=house.dismiss_fleet)
        dismissed.start()
        self._keep(house, lambda: not dismissed.is_alive(), _DRAIN_S + 30)
        for _ in range(_HAND_INS):
            if self._handed_in():
                break
            # A machine waits for its release as long as it takes; its simulator for a minute.
            fleet = house.hand_in(self._scenario, self._truth)
            self._keep(house, lambda fleet=fleet: not fleet.alive(), _DRAIN_S)  # type: ignore[misc]
            fleet.stop()
        self._keep(house, lambda: not _waiting(database), _CONSEQUENCES_S)
        held = [] if self._handed_in() else ["machines still hold facts"]
        return held + _waiting(database)

    def _handed_in(self) -> bool:
        told = self._folder / "data" / "fleet.json"
        return told.exists() and bool(json.loads(told.read_bytes())["drained"])

    def _keep(self, house: Besieged, done: Callable[[], bool], limit_s: float) -> bool:
        """Restart what dies until `done`; false when the limit came first."""
        deadline = time.monotonic() + limit_s
        while not done():
            if time.monotonic() > deadline:
                return False
            house.look()
            time.sleep(_LOOK_EVERY_S)
        return True


def _waiting(database: Database) -> list[str]:
    """What is still to be handled, or becomes true by the clock alone."""
    with database.transaction() as uow:
        cards = DemoRepository(uow, DEMO).cards_due(clock.now() + _SOON)
    return [] if not cards and drained(database) else [f"events, or windows of {cards} cards"]


class Watch:
    """Counts stored facts over a connection of its own, which nobody spoils."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._stop = threading.Event()
        self.count = 0
        self.seen: list[tuple[float, int]] = []
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _look(self) -> None:
        while not self._stop.wait(_LOOK_EVERY_S):
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                    while not self._stop.wait(_LOOK_EVERY_S):
                        found = connection.execute("select count(*) from fact").fetchone()
                        assert found is not None
                        self.count = found[0]
                        self.seen.append((time.monotonic(), self.count))
            except psycopg.Error:
                continue  # the database is away: that is what we look at


def _counted(truth: Path, export: Path) -> dict[str, int]:
    """Facts that machines wrote, and what stands of them."""
    run = audit.Run.read(truth, export)
    written = set(run.pours) | {(one["device"], one["seq"]) for one in run.truth["load"]}
    kept: dict[tuple[str, int], Any] = {(one["device"], one["seq"]): one for one in run.facts}
    return {
        "written": len(written),
        "posted": len(run.standing),
        "set aside": sum(fact["verdict"] == "quarantined" for fact in run.facts),
        "lost": len(written - kept.keys()),
        "doubled": sum(times - 1 for times in run.standing.values()),
        "forged": len(run.standing.keys() - written),
        "mad clocks": sum(one["code"] == "D20" for one in run.truth["inject"]),
    }

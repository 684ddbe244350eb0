"""One demonstration, from an empty folder to a report."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapline import clock
from tapline.devices import Vault
from tapline.settings import Settings
from tapline.uow import Database
from tapline_ops import banner, enrolment
from tapline_ops.connection import connected
from tapline_ops.datafolder import DataFolder
from tapline_ops.demo import estate, front, report, scenario, seeding, truth, windows
from tapline_ops.demo.cast import Cast, Script, Stage
from tapline_ops.demo.fleet import Fleet
from tapline_ops.demo.foresight import Foresight
from tapline_ops.demo.past import firmware
from tapline_ops.demo.scenario import Mischance
from tapline_ops.providers.payments import gateways
from tapline_ops.relay import drained
from tapline_ops.supervisor import Process, Supervisor

CLEAN, UNCLEAN, NOT_DRAINED = 0, 1, 3

_SIMULATOR_DRAIN_S = 75
"""The simulator's own 60 s, and its start and end."""
_DRAIN_S = 60
_CURTAIN_S = 480
"""How long the actors may take after the last pour: money comes back when a provider says so."""
_USUAL_S = 90.0
"""What a run without an end is planned for."""
_HESITATES_S = 15.0
"""Actors leave that much time to a visitor who would do it himself."""
_LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for. Without `run_s` it goes on until it is stopped, and reports nothing."""

    device_count: int
    seed: int
    run_s: float | None
    truth_dir: Path
    report_file: Path | None
    plan: str = scenario.USUAL


class Demonstration:
    """Runs the whole house and a simulated fleet on one data folder."""

    def __init__(
        self,
        folder: DataFolder,
        plan: Plan,
        announce: Callable[[str], None],
        stop: threading.Event,
    ) -> None:
        self._folder = folder
        self._phone = front.Phone(folder.sms_log)
        self._plan = plan
        self._announce = announce
        self._stop = stop
        self._supervisor = Supervisor(folder, announce, stop)
        self._cast: Cast | None = None
        self._foresight: Foresight | None = None

    @property
    def _is_full(self) -> bool:
        return self._plan.plan == scenario.TAXONOMY

    def run(self) -> int:
        """Run it; the exit code says whether the run was clean."""
        try:
            self._supervisor.start()
            with connected(self._supervisor.state.database_url) as database:
                return self._demonstrate(database)
        finally:
            self._announce("stopping")
            self._end()
            self._supervisor.stop()

    def _demonstrate(self, database: Database) -> int:
        plan = self._plan
        self._announce("seeding")
        known = seeding.seed(
            database,
            self._folder,
            device_count=plan.device_count,
            seed=plan.seed,
            is_brief=self._is_full,
        )
        state = self._supervisor.state
        for line in (*banner.addresses(state), *front.logins(known, origin=state.web_origin), ""):
            self._announce(line)
        for line in banner.weaknesses(state):
            self._announce(line)
        self._foresight = Foresight(self._folder, self._supervisor, database)
        began_at = clock.now()
        stage = self._stage(database, known)
        cast = self._cast = Cast(stage)
        simulated = self._simulate(database, known)
        if plan.run_s is None or simulated is None:
            return CLEAN
        self._announce("waiting for the last consequences")
        poured_at = clock.now()

        def missing() -> list[str]:
            return cast.awaited() + (windows.open_since(database, poured_at) if full else [])

        full = self._is_full
        self._wait_until(lambda: not missing(), _CURTAIN_S)
        awaited = missing()
        self._end()
        if not self._wait_until(lambda: drained(database), _DRAIN_S):
            awaited.append("the relay")
        truth.add(plan.truth_dir, [*known.told, *stage.told])
        outcome = report.make(
            database, plan.truth_dir, simulated, since=began_at, clogging=estate.with_past(known)[0]
        )
        self._tell(outcome)
        if not simulated["drained"]:
            awaited.append("acknowledgements of facts")
        if awaited:
            self._announce(f"not everything was handled in time; missing: {', '.join(awaited)}")
            return NOT_DRAINED
        return CLEAN if report.is_clean(outcome) else UNCLEAN

    def _simulate(self, database: Database, known: Fleet) -> dict[str, Any] | None:
        """Let the fleet pour; its report, or None when we were stopped before it had one."""
        plan, folder = self._plan, self._folder
        with database.transaction() as uow:
            firmware_keys = firmware.keys(uow)
        orders = scenario.write(
            folder,
            known,
            self._supervisor.state.mqtt,
            device_count=plan.device_count,
            mischance=self._mischance(known),
            plan=plan.plan,
            firmware_keys=firmware_keys,
        )
        told = folder.path / "simulated.json"
        told.unlink(missing_ok=True)
        arguments = ["simulate", str(orders), "--report", str(told)]
        arguments += ["--state", str(folder.path / "fleet"), "--truth", str(plan.truth_dir)]
        if plan.run_s is not None:
            arguments += ["--for", str(plan.run_s)]
        simulator = Process("simulator", arguments, folder, self._supervisor.environment())
        simulator.start()
        assert self._cast is not None
        self._cast.start()
        self._announce(f"{plan.device_count} dispensers are pouring")
        try:
            limit_s = float("inf") if plan.run_s is None else plan.run_s + _SIMULATOR_DRAIN_S
            self._wait_until(lambda: self._stop.is_set() or not simulator.alive(), limit_s)
        finally:
            simulator.stop(patience_s=3)
        if not told.exists():
            if not self._stop.is_set():
                raise RuntimeError(f"the simulator failed: see {folder.log('simulator')}")
            return None
        simulated: dict[str, Any] = json.loads(told.read_bytes())
        stuck = json.loads(orders.read_bytes())["plan"]["stuck_valves"]
        return simulated | {"stuck_valves": len(stuck)}

    def _wait_until(self, done: Callable[[], bool], limit_s: float) -> bool:
        """Keep the house running until `done`; false when the limit came first."""
        deadline = time.monotonic() + limit_s
        while not done():
            if time.monotonic() > deadline:
                return False
            self._supervisor.look()
            self._tell_news()
            time.sleep(_LOOK_EVERY_S)
        return True

    def _tell_news(self) -> None:
        lines = self._phone.news() + (self._cast.news() if self._cast else [])
        if self._foresight is not None and (begun := self._foresight.look()):
            lines.append(begun)
        for line in lines:
            self._announce(line)

    def _stage(self, database: Database, known: Fleet) -> Stage:
        state, bounded = self._supervisor.state, self._plan.run_s is not None
        reached = Settings(
            cashier_url=state.cashier_origin, cashier_key_file=self._folder.cashier_key_file()
        )
        outage_s = self._mischance(known).outage_s
        return Stage(
            database=database,
            gateways=gateways(reached),
            telephony_url=state.telephony_origin,
            identity=Vault.at(enrolment.identity_key_file(self._folder)),
            script=Script(
                closing_cards=self._mischance(known).closing_cards,
                stolen_card=self._mischance(known).stolen_card,
                closes_at_s=outage_s[0] + 3,
                hesitates_s=1.0 if bounded else _HESITATES_S,
                acts_for_all=bounded,
            ),
        )

    def _mischance(self, known: Fleet) -> Mischance:
        """The plan of a run: a third of it without a line, for one dispenser."""
        run_s = self._plan.run_s or _USUAL_S
        registered = [card.no for card in known.cards if card.phone]
        return Mischance(
            stuck_after_s=run_s / 4,
            outage_s=(run_s / 8, run_s * 5 / 8),
            closing_cards=registered[1:3],
            stolen_card=registered[3] if self._is_full and len(registered) > 3 else None,
        )

    def _end(self) -> None:
        """Let everybody go home who acts in this process or for it."""
        if self._cast is not None:
            self._cast.stop()
            self._cast = None
        if self._foresight is not None:
            self._foresight.stop()
            self._foresight = None

    def _tell(self, outcome: report.Report) -> None:
        text = json.dumps(outcome, ensure_ascii=False, indent=1)
        if self._plan.report_file is not None:
            self._plan.report_file.write_text(text + "\n", encoding="utf-8")
        self._announce(text)

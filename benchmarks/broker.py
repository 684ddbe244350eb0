"""A broker of our own to measure with."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tapline_ops.embedded.broker import mosquitto_program
from tapline_ops.embedded.ports import answers, choose

_OPEN_BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 1000000
max_inflight_messages 1000
set_tcp_nodelay true
"""


class Mosquitto:
    """A Mosquitto that lets everybody in, on a port of the loopback that stays the same."""

    def __init__(self) -> None:
        program = mosquitto_program()
        if program is None:
            raise SystemExit("install Mosquitto first: apt-get install mosquitto")
        self.port = choose(0)
        self._program = program
        self._folder = tempfile.TemporaryDirectory()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self) -> None:
        """Listen; it remembers nothing of before."""
        configuration = Path(self._folder.name) / "mosquitto.conf"
        configuration.write_text(_OPEN_BROKER.format(port=self.port))
        command = [self._program, "-c", str(configuration)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while not answers(self.port):
            time.sleep(0.02)

    def kill(self) -> None:
        """End it without a goodbye to anybody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def open_broker() -> Iterator[int]:
    """A broker that lets one client speak for many devices; its port on loopback."""
    with Mosquitto() as broker:
        yield broker.port

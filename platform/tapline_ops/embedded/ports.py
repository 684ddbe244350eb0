"""TCP ports on the loopback interface."""

import fcntl
import os
import socket
import tempfile
from pathlib import Path

LOOPBACK = "127.0.0.1"

_claims: dict[int, int] = {}
"""Ports that are ours until this process ends, each with the file that says so."""


def choose(wanted: int = 0) -> int:
    """`wanted` when it is free, else one that is, kept from everybody who chooses like this.

    A part that dies and starts again finds its port as it was, though another house on this
    machine looked for one between the two.
    """
    for candidate in (wanted, *[0] * 20):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # A server that just stopped leaves connections in TIME_WAIT; its port is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, candidate))
            except OSError:
                continue
            port = int(probe.getsockname()[1])
            if (port == wanted and port in _claims) or _claimed(port):
                return port
    raise OSError("this machine has no free TCP port on 127.0.0.1")


def _claimed(port: int) -> bool:
    """Keep it from others, if nobody does; the kernel gives it up when this process ends."""
    if port in _claims:
        return False
    folder = Path(tempfile.gettempdir()) / f"tapline-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = os.open(folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return False
    _claims[port] = file
    return True


def answers(port: int) -> bool:
    """Whether something accepts connections on `port`."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True

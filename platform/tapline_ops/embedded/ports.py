"""TCP ports on the loopback interface."""

import socket

LOOPBACK = "127.0.0.1"


def choose(wanted: int = 0) -> int:
    """`wanted` when nobody listens on it, else one that is free at this moment."""
    for candidate in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # A server that just stopped leaves connections in TIME_WAIT; its port is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("this machine has no free TCP port on 127.0.0.1")


def answers(port: int) -> bool:
    """Whether something accepts connections on `port`."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True

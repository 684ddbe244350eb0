"""One machine's TCP connection: what is kept of it between two rounds."""

import socket
from dataclasses import dataclass, field

from tapline_gateway.protocol import PresenceState, State, Topic
from tapline_gateway.reading import Letter
from tapline_gateway.vendors import hdlc, tieshan
from tapline_gateway.vendors.register import Machine


@dataclass(slots=True, eq=False)
class Peer:
    """One connection; `machine` once it has logged in."""

    sock: socket.socket
    since: float
    heard_at: float
    frames: hdlc.Frames = field(default_factory=hdlc.Frames)
    unfinished_since: float | None = None
    foreign_id: str | None = None
    machine: Machine | None = None
    session: int = 0
    unsent: bytearray = field(default_factory=bytearray)


def presence(machine: Machine, session: int, state: PresenceState) -> Letter:
    """What a connection says of a machine."""
    message = State(s=state, boot=0, conn=session)
    return Letter(
        Topic(machine.tenant_id, machine.device_id, State.NAME),
        b"",
        message,
        vendor=tieshan.NAME,
        assurance=tieshan.ASSURANCE,
    )

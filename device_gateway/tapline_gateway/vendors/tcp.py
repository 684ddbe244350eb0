"""Machines that keep a TCP connection: accept, read, settle, answer, command, in one thread.

Whatever arrives during one transaction is the next batch, as with the broker. Sockets never block,
and what one peer may cost is bounded: its bytes in a frame, its frames in a batch, its unread
answers, the time until it has logged in, and the time that it may say nothing or leave a frame
unfinished. While the database is away nothing is answered and connections are cut: machines send
again what nobody confirmed.
"""

import logging
import selectors
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, OperationalError

from tapline.devices import Vault, commands
from tapline.uow import Database
from tapline_gateway.keyring import KeyRing
from tapline_gateway.protocol import PresenceState
from tapline_gateway.reading import Letter, Reading
from tapline_gateway.settling import settle
from tapline_gateway.vendors import hdlc, orders, tieshan
from tapline_gateway.vendors.adapter import UnreadableError
from tapline_gateway.vendors.logins import code_fits
from tapline_gateway.vendors.peers import Peer, presence
from tapline_gateway.vendors.reading import read_record
from tapline_gateway.vendors.register import Register

log = logging.getLogger(__name__)

_POLL_S = 0.2
_READ_BYTES = 4096
_UNREAD_BYTES_MAX = 16 * 1024
_BACKLOG = 128
_ORDERS_EVERY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What peers may cost."""

    connections: int = 1000
    login_s: float = 10.0
    """From the connection to an accepted login."""
    frame_s: float = 15.0
    """From a frame's first byte to its end."""
    idle_s: float = 180.0
    """Without a whole frame; a machine that lives pulses every minute."""
    batch_frames: int = 500


class FrameServer:
    """Serves machines of one maker that speak over TCP."""

    def __init__(
        self, database: Database, vault: Vault, *, host: str, port: int, limits: Limits
    ) -> None:
        self._database = database
        self._vault = vault
        self._limits = limits
        self._keys = KeyRing(database, vault)
        self._register = Register(database)
        self._selector = selectors.DefaultSelector()
        self._peers: set[Peer] = set()
        self._session = 0
        self._orders_at = 0.0
        self._ended: list[Letter] = []
        self._listener = socket.create_server((host, port), backlog=_BACKLOG)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._peers)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set."""
        while not stop.is_set():
            self.step(_POLL_S)
        self.close()

    def step(self, timeout_s: float) -> None:
        """One round: take what has come, settle it, answer, and cut whoever costs too much."""
        heard: list[tuple[Peer, bytes]] = []
        for key, mask in self._selector.select(timeout_s):
            peer: Peer | None = key.data
            if peer is None:
                self._accept()
                continue
            if mask & selectors.EVENT_WRITE:
                self._flush(peer)
            if mask & selectors.EVENT_READ and peer in self._peers:
                heard += [(peer, frame) for frame in self._read(peer)]
            if len(heard) >= self._limits.batch_frames:
                break  # the others' bytes wait in their sockets
        try:
            self._settle(heard)
            self._order()
        except (OperationalError, InterfaceError) as error:
            log.warning("database away, machines will send again: %s", error.orig)
            self._cut_all()
        self._cut_overdue()

    def close(self) -> None:
        """Cut every connection and listen no more."""
        self._cut_all()
        self._selector.unregister(self._listener)
        self._listener.close()
        self._selector.close()

    def _accept(self) -> None:
        with suppress(OSError):
            sock, _ = self._listener.accept()
            if len(self._peers) >= self._limits.connections:
                log.warning("a connection refused: %d are open", len(self._peers))
                sock.close()
                return
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            now = time.monotonic()
            peer = Peer(sock, now, now)
            self._peers.add(peer)
            self._selector.register(sock, selectors.EVENT_READ, peer)

    def _read(self, peer: Peer) -> list[bytes]:
        try:
            chunk = peer.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            chunk = b""
        if not chunk:
            self._cut(peer, "closed")
            return []
        frames: list[bytes] = []
        try:
            frames.extend(peer.frames.feed(chunk))
        except hdlc.FrameError as error:
            self._cut(peer, str(error))
            return frames if peer.machine else []
        now = time.monotonic()
        if not peer.frames.is_inside:
            peer.unfinished_since = None
        elif peer.unfinished_since is None or frames:
            peer.unfinished_since = now
        if frames:
            peer.heard_at = now
        return frames

    def _settle(self, heard: Iterable[tuple[Peer, bytes]]) -> None:
        """Commit what the machines said, then answer each frame."""
        said: list[tuple[Peer, Reading]] = []
        ended, self._ended = self._ended, []
        for peer, raw in heard:
            reading = self._heard(peer, raw)
            if reading is not None:
                said.append((peer, reading))
        if said or ended:
            settle(self._database, self._vault, [*ended, *(reading for _, reading in said)])
        for peer, reading in said:
            if reading.receipt is not None:
                self._send(peer, reading.receipt.payload)

    def _order(self) -> None:
        """Send machines that are here the commands that wait for them, then note that."""
        here = {peer.machine.device_id: peer for peer in self._peers if peer.machine}
        now = time.monotonic()
        if not here or now < self._orders_at:
            return
        self._orders_at = now + _ORDERS_EVERY_S
        machines = {name: peer.foreign_id or "" for name, peer in here.items()}
        with self._database.transaction() as uow:
            waiting = orders.take(uow, maker=tieshan, machines=machines)
        for device_id, order in waiting.values():
            self._send(here[device_id], order.payload)
        if waiting:
            with self._database.transaction() as uow:
                commands.mark_published(uow, command_ids=waiting.keys())

    def _heard(self, peer: Peer, raw: bytes) -> Reading | None:
        """What a frame says; None where there is nothing to store, or nobody who may say it."""
        try:
            frame = tieshan.opened(raw)
        except UnreadableError as error:
            # Damaged on its way: not answered, so it comes again.
            log.info("a frame dropped: %s", error)
            return None
        if frame.kind == tieshan.LOGIN:
            return self._login(peer, frame)
        machine = self._register.find(tieshan.NAME, frame.foreign_id)
        if machine is None or machine != peer.machine:
            self._cut(peer, f"a frame of {frame.foreign_id} without its login")
            return None
        return read_record(tieshan, self._register, raw, tenant_id=machine.tenant_id)

    def _login(self, peer: Peer, frame: tieshan.Frame) -> Reading | None:
        machine = self._register.find(tieshan.NAME, frame.foreign_id)
        key = self._keys.key_of(machine.tenant_id, machine.device_id) if machine else None
        try:
            accepted = key is not None and code_fits(tieshan.login_code(frame), key, tieshan.NAME)
        except UnreadableError:
            accepted = False
        if machine is None or not accepted or peer.machine is not None:
            self._send(peer, tieshan.answer(frame, tieshan.REFUSED))
            self._cut(peer, f"login of {frame.foreign_id} refused")
            return None
        for other in [one for one in self._peers if one.foreign_id == frame.foreign_id]:
            self._cut(other, "the machine has connected anew")
        # Machines count no connections: a later one has a later second, or a higher number.
        self._session = max(int(time.time()), self._session + 1)
        peer.foreign_id, peer.machine, peer.session = frame.foreign_id, machine, self._session
        self._send(peer, tieshan.answer(frame, tieshan.STORED))
        return presence(machine, peer.session, PresenceState.ONLINE)

    def _send(self, peer: Peer, payload: bytes) -> None:
        if peer not in self._peers:
            return
        peer.unsent += payload
        if len(peer.unsent) > _UNREAD_BYTES_MAX:
            self._cut(peer, "it does not read its answers")
        else:
            self._flush(peer)

    def _flush(self, peer: Peer) -> None:
        try:
            sent = peer.sock.send(peer.unsent)
            del peer.unsent[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self._cut(peer, "closed")
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.unsent else 0)
        self._selector.modify(peer.sock, wanted, peer)

    def _cut_overdue(self) -> None:
        now, limits = time.monotonic(), self._limits
        for peer in list(self._peers):
            if peer.machine is None and now - peer.since > limits.login_s:
                self._cut(peer, "no login in time")
            elif now - peer.heard_at > limits.idle_s:
                self._cut(peer, "nothing heard for too long")
            elif peer.unfinished_since and now - peer.unfinished_since > limits.frame_s:
                self._cut(peer, "a frame left unfinished")

    def _cut(self, peer: Peer, why: str) -> None:
        if peer not in self._peers:
            return
        log.info("connection of %s ended: %s", peer.foreign_id or "a stranger", why)
        self._peers.discard(peer)
        self._selector.unregister(peer.sock)
        peer.sock.close()
        if peer.machine is not None:
            self._ended.append(presence(peer.machine, peer.session, PresenceState.LOST))

    def _cut_all(self) -> None:
        for peer in list(self._peers):
            self._cut(peer, "the gateway goes")

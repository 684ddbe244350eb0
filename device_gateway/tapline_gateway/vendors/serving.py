"""Beside the money connection: machines over TCP, clouds' pushes, and dead letters tried again."""

import logging
import threading
from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, OperationalError

from tapline.devices import Vault
from tapline.uow import Database
from tapline_gateway.replaying import Replayer
from tapline_gateway.vendors import orders
from tapline_gateway.vendors.pushes import take_pushes
from tapline_gateway.vendors.register import Register
from tapline_gateway.vendors.tcp import FrameServer, Limits

log = logging.getLogger(__name__)

_POLL_S = 0.2
_DATABASE_RETRY_S = 1.0


@dataclass(frozen=True, slots=True)
class TcpConfig:
    """Where machines that speak over TCP find us."""

    host: str
    port: int


def run_vendors(
    database: Database, vault: Vault, tcp: TcpConfig | None, stop: threading.Event
) -> None:
    """Serve until `stop` is set; without `tcp` nobody listens.

    A replay has its turn between two rounds, a few letters at a time: a long one holds up nobody.
    """
    server = tcp and FrameServer(database, vault, host=tcp.host, port=tcp.port, limits=Limits())
    register, replayer = Register(database), Replayer(database, vault)
    try:
        _declare(database, stop)
        while not stop.is_set():
            busy = _errands(database, vault, register, replayer, stop)
            if server:
                server.step(0 if busy else _POLL_S)
            elif not busy:
                stop.wait(_POLL_S)
    finally:
        if server:
            server.close()


def _declare(database: Database, stop: threading.Event) -> None:
    """Say what makers' machines can be told, once the database is there."""
    while not stop.is_set():
        try:
            with database.transaction() as uow:
                orders.declare(uow)
        except (OperationalError, InterfaceError) as error:
            log.warning("the database is away: %s", error.orig)
            stop.wait(_DATABASE_RETRY_S)
        else:
            return


def _errands(
    database: Database,
    vault: Vault,
    register: Register,
    replayer: Replayer,
    stop: threading.Event,
) -> bool:
    """Pushes and replays that wait; whether there were any."""
    try:
        return bool(take_pushes(database, vault, register) + replayer.step())
    except (OperationalError, InterfaceError) as error:
        log.warning("the database is away: %s", error.orig)
        stop.wait(_DATABASE_RETRY_S)
        return False

"""Mosquitto under our configuration: a password per device, and each in its own branch."""

import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tapline.devices.credentials import Door
from tapline_ops.embedded import home, passwords
from tapline_ops.embedded.account import Account
from tapline_ops.embedded.broker import BrokerPorts, Login
from tapline_ops.embedded.child import Child, end_recorded, recorded
from tapline_ops.embedded.mosquittoconf import GATEWAY, GATEWAY_ACL, configuration, device_acl
from tapline_ops.embedded.ports import LOOPBACK, answers, choose

_DEVICES = "devices.passwd"
_RIGHTS = "devices.acl"
_START_S = 20


class Trust(NamedTuple):
    """What the doors behind TLS believe and show, in PEM."""

    authorities: str
    """The root, and who issues under it."""
    revoked: str
    """The list of each issuer."""
    certificate: str
    """The broker's own, with its issuer's."""
    key: str


def admit(folder: Path, doors: Mapping[str, Door], *, revoked: str | None = None) -> None:
    """Make these the devices that may log in, by user name, each with its own topics alone.

    Any process of ours may say so at any time, one after the other, for a broker that runs on
    `folder` or will. Connections with passwords that are not among them are closed, the others
    go on; `revoked`, the lists of revoked certificates in PEM, holds for those that connect anew.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state, account = _state(folder), _account()
    hashes = {name: door.password_hashes[0] for name, door in doors.items()}
    # Rights first: who has a login without them may do nothing, killed between the two or not.
    changed = [
        passwords.replace(state / _RIGHTS, device_acl(doors), account),
        passwords.replace(state / _DEVICES, passwords.listed(hashes), account),
    ]
    if revoked is not None and (state / "tls").exists():
        changed.append(passwords.replace(state / "tls" / "revoked.pem", revoked, account))
    if any(changed):
        _reload(folder)


def secure(folder: Path, trust: Trust) -> None:
    """Open the doors behind TLS when the broker starts next; one that has them reads them anew.

    Whom it believes Mosquitto reads at its start alone: where that changes it is ended, and whoever
    watches over it starts it again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place, account = _state(folder) / "tls", _account()
    if not place.exists():
        place.mkdir(mode=0o700)
        account.take(place)
    had = (place / "ca.pem").exists()
    believes = passwords.replace(place / "ca.pem", trust.authorities, account)
    for name, text in (
        ("revoked.pem", trust.revoked),
        ("server.key", trust.key),
        ("server.pem", trust.certificate),
    ):
        passwords.replace(place / name, text, account)
    _reload(folder, anew=had and believes)


def shown(folder: Path) -> str | None:
    """The certificate that the broker on `folder` shows, with its issuer's, in PEM, if any."""
    if not folder.exists():
        return None
    file = _state(folder) / "tls" / "server.pem"
    return file.read_text("utf-8") if file.exists() else None


def _reload(folder: Path, *, anew: bool = False) -> None:
    pid = recorded(_pid_file(folder))
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if anew else signal.SIGHUP)


class MosquittoBroker:
    """Mosquitto as our child; as root it runs as an unprivileged user."""

    host = LOOPBACK
    shared_device_login: Login | None = None

    def __init__(self, folder: Path, ports: BrokerPorts, program: str) -> None:
        self._folder = folder.absolute()
        self._program = program
        self._server: Child | None = None
        self.ports = ports

    @property
    def gateway_login(self) -> Login:
        """The login of gateway processes, on the gateway's port."""
        secret = self._folder / "gateway.secret"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(passwords.new_password())
        return Login(GATEWAY, secret.read_text())

    def start(self) -> None:
        """Listen on both ports; devices known before may log in at once."""
        self._folder.mkdir(parents=True, exist_ok=True)
        end_recorded(_pid_file(self._folder))
        self.ports = _free(
            self.ports, secure=(_state(self._folder) / "tls" / "server.pem").exists()
        )
        self._configure()
        self._server = Child(
            [self._program, "-c", _state(self._folder) / "mosquitto.conf"],
            log=self._log,
            account=_account(),
            pid_file=_pid_file(self._folder),
        )
        deadline = time.monotonic() + _START_S
        while not (answers(self.ports.device) and answers(self.ports.gateway)):
            if not self.alive() or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Mosquitto did not start:\n{self._log_tail()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Save the sessions and end."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def alive(self) -> bool:
        return self._server is not None and self._server.alive()

    def _configure(self) -> None:
        state, gateway, account = _state(self._folder), self.gateway_login, _account()
        hashes = {gateway.username: passwords.hashed(gateway.password)}
        for name, text in (
            ("mosquitto.conf", configuration(state, LOOPBACK, self.ports)),
            ("gateway.acl", GATEWAY_ACL),
            ("gateway.passwd", passwords.listed(hashes)),
        ):
            passwords.replace(state / name, text, account)
        for name in (_DEVICES, _RIGHTS):
            if not (state / name).exists():
                passwords.replace(state / name, "", account)

    @property
    def _log(self) -> Path:
        return self._folder / "mosquitto.log"

    def _log_tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-12:])


def _free(wanted: BrokerPorts, *, secure: bool) -> BrokerPorts:
    device = choose(wanted.device)
    return BrokerPorts(
        device=device,
        device_v5=device,
        gateway=choose(wanted.gateway),
        tls=choose(wanted.tls) if secure else 0,
        tls_password=choose(wanted.tls_password) if secure else 0,
    )


def _account() -> Account:
    return Account.unprivileged("mosquitto")


def _state(folder: Path) -> Path:
    """What the server itself reads and writes."""
    account = _account()
    state = home.of(folder.absolute(), account) / "state"
    if not state.exists():
        state.mkdir(mode=0o700)
        account.take(state)
    return state


def _pid_file(folder: Path) -> Path:
    return folder / "mosquitto.pid"

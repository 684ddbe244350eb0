"""Mosquitto under our configuration: a password per device, and each in its own branch."""

import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from string import Template

from tapline_ops.embedded import home, passwords
from tapline_ops.embedded.account import Account
from tapline_ops.embedded.broker import BrokerPorts, Login
from tapline_ops.embedded.child import Child, end_recorded, recorded
from tapline_ops.embedded.ports import LOOPBACK, answers, choose

GATEWAY = "gateway"
_DEVICES = "devices.passwd"
_START_S = 20

# Devices and gateways come in by different doors: a device's client id is its user name, so that
# none can take another's session or a gateway's, while a gateway holds several sessions.
CONFIGURATION = Template("""\
per_listener_settings true
log_dest stderr
log_timestamp_format %Y-%m-%dT%H:%M:%S
connection_messages false

persistence true
persistence_location $state/
# Every two seconds. A device keeps its facts until the platform's own release, so that what a
# killed broker forgets is sent again; saving at every change rewrites the whole queue each time.
autosave_interval 1
persistent_client_expiration 7d

# The defaults acknowledge and then drop what a stopped gateway has not fetched. 0 would mean no
# bound, and makes Mosquitto 2.0.11 hang up on whoever sends too much.
max_queued_messages 1000000
max_queued_bytes 268435456
max_inflight_messages 1000
# A release must not wait for the peer's delayed acknowledgement of the packet before it.
set_tcp_nodelay true
memory_limit 1073741824

# A frame has 16 KiB at most. The gateway refuses a larger one and says why; a limit here would
# make Mosquitto 2.0.11 answer MQTT 5 clients with a code that closes their connection.
message_size_limit 1048576

listener $device_port $host
allow_anonymous false
password_file $state/devices.passwd
acl_file $state/devices.acl
use_username_as_clientid true

listener $gateway_port $host
allow_anonymous false
password_file $state/gateway.passwd
acl_file $state/gateway.acl
""")

DEVICES_ACL = """\
pattern write tl1/+/%u/st
pattern write tl1/+/%u/up/#
pattern read tl1/+/%u/dn/#
pattern write lj/%u/record
pattern write lj/%u/status
pattern read lj/%u/ack
"""
"""A machine's user name is its own id, or its maker's number in its maker's topics."""

GATEWAY_ACL = f"""\
user {GATEWAY}
topic read tl1/#
topic write tl1/+/+/dn/#
topic read lj/#
topic write lj/+/ack
topic read $SYS/broker/publish/messages/dropped
"""


def admit(folder: Path, hashes: Mapping[str, str]) -> None:
    """Make these the devices that may log in: password hashes by user name.

    Any process of ours may say so at any time, for a broker that runs on `folder` or will.
    Connections of devices that are not among them are closed, the others go on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    passwords.write(_state(folder) / _DEVICES, hashes, _account())
    pid = recorded(_pid_file(folder))
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGHUP)


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
        self.ports = _free(self.ports)
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
        configuration = CONFIGURATION.substitute(
            state=state,
            host=LOOPBACK,
            device_port=self.ports.device,
            gateway_port=self.ports.gateway,
        )
        for name, text in (
            ("mosquitto.conf", configuration),
            ("devices.acl", DEVICES_ACL),
            ("gateway.acl", GATEWAY_ACL),
        ):
            (state / name).write_text(text)
            (state / name).chmod(0o600)
            account.take(state / name)
        hashes = {gateway.username: passwords.hashed(gateway.password)}
        passwords.write(state / "gateway.passwd", hashes, account)
        if not (state / _DEVICES).exists():
            passwords.write(state / _DEVICES, {}, account)

    @property
    def _log(self) -> Path:
        return self._folder / "mosquitto.log"

    def _log_tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-12:])


def _free(wanted: BrokerPorts) -> BrokerPorts:
    device = choose(wanted.device)
    return BrokerPorts(device=device, device_v5=device, gateway=choose(wanted.gateway))


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

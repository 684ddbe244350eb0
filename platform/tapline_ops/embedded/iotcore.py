"""The broker of the `iotcore` wheel, where there is no Mosquitto: one login for all devices.

It has no access list, forgets its sessions when it stops, and now and then hangs up on a client
that connects while another one leaves. Facts are safe all the same, since a device keeps them until
the platform's signed release; the frame's signature is the only fence.
"""

import sys
import time
from pathlib import Path
from string import Template

from tapline_ops.embedded import passwords
from tapline_ops.embedded.broker import BrokerPorts, Login
from tapline_ops.embedded.child import Child, end_recorded
from tapline_ops.embedded.ports import LOOPBACK, answers, choose

_START_S = 20

_ROUTER = """\
id = 0

[router]
id = 0
max_connections = 2000
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
"""

_LISTENER = Template("""
[v$version.1]
name = "v$version"
listen = "$host:$port"
next_connection_delay_ms = 1
    [v$version.1.connections]
    connection_timeout_ms = 60000
    max_payload_size = 65536
    max_inflight_count = 100
    dynamic_filters = true
        [v$version.1.connections.auth]
        tapline = "$password"
""")


class IotcoreBroker:
    """The wheel's broker as our child, on loopback, one port for MQTT 3.1.1 and one for 5."""

    host = LOOPBACK

    def __init__(self, folder: Path, ports: BrokerPorts) -> None:
        self._folder = folder.absolute()
        self._server: Child | None = None
        self.ports = ports

    @property
    def gateway_login(self) -> Login:
        """The same as everyone's: the broker cannot tell clients apart."""
        return self.shared_device_login

    @property
    def shared_device_login(self) -> Login:
        """The one login that it has."""
        secret = self._folder / "shared.secret"
        if not secret.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            secret.touch(mode=0o600)
            secret.write_text(passwords.new_password())
        return Login("tapline", secret.read_text())

    def start(self) -> None:
        """Listen on both ports."""
        self._folder.mkdir(parents=True, exist_ok=True)
        end_recorded(self._pid_file)
        device = choose(self.ports.device)
        self.ports = BrokerPorts(device, choose(self.ports.device_v5), gateway=device)
        configuration = self._folder / "iotcore.toml"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configured())
        program = "import sys; from iotcore import Broker; Broker(config_path=sys.argv[1])"
        self._server = Child(
            [sys.executable, "-c", f"{program}.run_forever()", configuration],
            log=self._folder / "iotcore.log",
            pid_file=self._pid_file,
        )
        deadline = time.monotonic() + _START_S
        while not (answers(self.ports.device) and answers(self.ports.device_v5)):
            if not self.alive() or time.monotonic() > deadline:
                self.stop()
                log = (self._folder / "iotcore.log").read_text(errors="replace")
                raise RuntimeError(f"the MQTT broker did not start:\n{log[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it; its sessions and queues are gone."""
        if self._server is not None:
            self._server.stop(patience_s=5)
            self._server = None

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def alive(self) -> bool:
        return self._server is not None and self._server.alive()

    def _configured(self) -> str:
        password = self.shared_device_login.password
        listeners = (
            _LISTENER.substitute(version=version, host=LOOPBACK, port=port, password=password)
            for version, port in ((4, self.ports.device), (5, self.ports.device_v5))
        )
        return _ROUTER + "".join(listeners)

    @property
    def _pid_file(self) -> Path:
        return self._folder / "iotcore.pid"

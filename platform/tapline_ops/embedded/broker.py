"""What an embedded MQTT broker is, whichever it is."""

import shutil
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and a password."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class BrokerPorts:
    """TCP ports on 127.0.0.1; 0 asks for a free one."""

    device: int = 0
    """For devices: MQTT 3.1.1, and 5 where the broker speaks both on one port."""
    device_v5: int = 0
    gateway: int = 0
    tls: int = 0
    """For devices with a certificate of ours; 0 after a start: it has no such door."""
    tls_password: int = 0
    """For devices with a password, behind TLS."""


class Broker(Protocol):
    """A broker that starts, stops and knows who may log in."""

    @property
    def host(self) -> str: ...

    @property
    def ports(self) -> BrokerPorts:
        """Where it listens since its last start, and asks to at the next."""
        ...

    @property
    def pid(self) -> int | None: ...

    @property
    def gateway_login(self) -> Login: ...

    @property
    def shared_device_login(self) -> Login | None:
        """The one login of all devices, on a broker that cannot tell them apart."""
        ...

    def start(self) -> None:
        """Listen. Raises `RuntimeError` with the end of its log when it cannot."""
        ...

    def stop(self) -> None: ...

    def alive(self) -> bool: ...


def mosquitto_program() -> str | None:
    """Mosquitto's path; Debian keeps it where only root looks."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")

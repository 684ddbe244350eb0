"""Cutting a device's connection, on any broker: a client id belongs to one connection.

Mosquitto hangs up on a password that opens nothing any more, but never looks again at a certificate
that it has let in. So we come as the device and leave: its connection ends, its session is gone.
"""

import time

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tapline_ops.embedded.broker import Login

_WAIT_S = 5.0


def kick(host: str, port: int, gateway: Login, device_id: str) -> bool:
    """Cut off a device by the gateway's door; whether the broker let us in there.

    Raises `OSError` where it does not listen.
    """
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=device_id,
        clean_session=True,
        protocol=MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
    )
    client.username_pw_set(gateway.username, gateway.password)
    client.connect(host, port)
    deadline = time.monotonic() + _WAIT_S
    while not client.is_connected() and time.monotonic() < deadline:
        client.loop(timeout=0.1)
    taken = client.is_connected()
    client.disconnect()
    client.loop_write()
    return taken

"""What Mosquitto is told: its configuration, and who may use which topics."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from tapline.devices.credentials import Door
from tapline_ops.embedded.broker import BrokerPorts

GATEWAY = "gateway"

# Devices and gateways come in by different doors: a device's client id is its user name, so that
# none can take another's session or a gateway's, while a gateway holds several sessions.
_BASE = Template("""\
per_listener_settings true
log_dest stderr
log_timestamp_format %Y-%m-%dT%H:%M:%S
connection_messages false

persistence true
persistence_location $state/
# Every two seconds. A device keeps its facts until the platform's own release, so that what a
# killed broker forgets is sent again; saving at every change rewrites the whole queue each time.
autosave_interval 1
# No `persistent_client_expiration`: with it, Mosquitto 2.0.11 notes the end of a session that is
# not connected again at every reload that finds its password changed, and crashes on the notes
# that are left over when the device is back. A session ends with the device's login, by a kick.

# The defaults acknowledge and then drop what a stopped gateway has not fetched. 0 would mean no
# bound, and makes Mosquitto 2.0.11 hang up on whoever sends too much.
max_queued_messages 1000000
max_queued_bytes 268435456
max_inflight_messages 1000
# A release must not wait for the peer's delayed acknowledgement of the packet before it.
set_tcp_nodelay true
memory_limit 1073741824

# A frame has 16 KiB at most. The gateway refuses a larger one and says why; at this limit
# Mosquitto 2.0.11 hangs up on an MQTT 5 client, so it stands where abuse begins: the queue holds
# thousands of the largest, and one device does not fill it before the gateway has seen a few.
message_size_limit 131072

listener $device_port $host
$devices
listener $gateway_port $host
allow_anonymous false
password_file $state/gateway.passwd
acl_file $state/gateway.acl
""")

_DEVICES = """\
allow_anonymous false
password_file $state/devices.passwd
acl_file $state/devices.acl
use_username_as_clientid true
"""

_TLS = """\
certfile $state/tls/server.pem
keyfile $state/tls/server.key
tls_version tlsv1.2
"""

# The user name is the certificate's common name, whatever the client says it is.
_SECURE = """
# Devices with a certificate of ours.
listener $tls_port $tls_host
allow_anonymous false
acl_file $state/devices.acl
use_username_as_clientid true
require_certificate true
use_identity_as_username true
cafile $state/tls/ca.pem
crlfile $state/tls/revoked.pem
$tls
# Devices with a password.
listener $tls_password_port $tls_host
$devices$tls"""

GATEWAY_ACL = f"""\
user {GATEWAY}
topic read tl1/#
topic write tl1/+/+/dn/#
topic read lj/#
topic write lj/+/ack
topic write lj/+/cmd
topic read $SYS/broker/publish/messages/dropped
"""


def configuration(state: Path, host: str, ports: BrokerPorts) -> str:
    """The text of `mosquitto.conf`; with doors behind TLS where `ports` names them."""
    text = _BASE.template + (_SECURE if ports.tls else "")
    told = {
        "state": str(state),
        "host": host,
        "device_port": str(ports.device),
        "gateway_port": str(ports.gateway),
        "tls_host": host,
        "tls_port": str(ports.tls),
        "tls_password_port": str(ports.tls_password),
    }
    parts = {"devices": _DEVICES, "tls": _TLS}
    filled = {name: Template(part).substitute(told) for name, part in parts.items()}
    return Template(text).substitute(told | filled)


def device_acl(doors: Mapping[str, Door]) -> str:
    """The access list: each user's own topics by name, and nothing by pattern."""
    return "".join(
        line for name, door in sorted(doors.items()) for line in (f"user {name}\n", *_topics(door))
    )


def _topics(door: Door) -> Iterable[str]:
    for right, topics in (("write", door.writes), ("read", door.reads)):
        for topic in topics:
            below = "#" if topic.endswith("/") else ""
            yield f"topic {right} {topic}{below}\n"

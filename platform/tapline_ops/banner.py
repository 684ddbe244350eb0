"""What the terminal says about a running installation."""

from collections.abc import Sequence

from tapline_ops.datafolder import MqttAccess, RunState


def addresses(state: RunState) -> Sequence[str]:
    """Where to go."""
    mqtt = state.mqtt
    versions = "3.1.1 and 5" if mqtt.port == mqtt.port_v5 else f"3.1.1; 5 on {mqtt.port_v5}"
    return (
        "",
        f"  pages    {state.web_origin}",
        f"  API      {state.web_origin}/api/v1",
        f"  cashier  {state.cashier_origin} (simulated: no real money moves)",
        f"  phones   {state.telephony_origin} (simulated: dial the hotline here)",
        f"  devices  mqtt://{mqtt.host}:{mqtt.port} (MQTT {versions})",
        *_secure(mqtt),
        f"  makers   tcp://{mqtt.host}:{state.vendor_port} (machines that speak tieshan)",
        "",
    )


def _secure(mqtt: MqttAccess) -> Sequence[str]:
    """The doors behind TLS, where the broker has a certificate."""
    if not mqtt.tls_port:
        return ()
    passwords, certificates = mqtt.tls_password_port, mqtt.tls_port
    return (f"  TLS      mqtts://{mqtt.host}:{passwords}, with a certificate {certificates}",)


def weaknesses(state: RunState) -> Sequence[str]:
    """What this installation lacks that production has."""
    found = [
        "one machine: when it is down, dispensers keep their facts and wait",
        "payments are simulated: customers pay at a sham cashier, refunds reach nobody",
        "telephony is simulated: no real line reaches the hotline",
        "no TLS between the parts; they listen on 127.0.0.1 alone",
        "no backup: copy the database with pg_dump, and tapline.key apart from it",
    ]
    if state.mqtt.shared_username is not None:
        found.insert(
            0,
            "the fallback MQTT broker has one login for all devices and no access list:"
            " the frame's signature is the only fence; install Mosquitto",
        )
    return tuple(f"  weaker than production: {line}" for line in found)

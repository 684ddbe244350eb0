"""A dispenser that shares no code with the product: the contract, paho and the standard library."""

import base64
import hashlib
import hmac
import json
import queue
import ssl
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

WAIT_S = 30.0


class Stranger:
    """Publishes what it is told, signed or not, and keeps what is sent down to it."""

    def __init__(
        self,
        *,
        tenant: str,
        device: str,
        key: bytes,
        port: int,
        password: str,
        v5: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.root = f"tl1/{tenant}/{device}"
        self.key = key
        self.forged = 0
        self._down: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        session: dict[str, Any] = {} if v5 else {"clean_session": False}
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=device,
            protocol=MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311,
            **session,
        )
        self.client.username_pw_set(device, password)
        if tls is not None:
            self.client.tls_set_context(tls)
        self.client.on_message = self._on_message
        subscribed = queue.Queue[bool]()
        self.client.on_subscribe = lambda *_: subscribed.put(True)
        self.client.connect("127.0.0.1", port, keepalive=30)
        self.client.loop_start()
        self.client.subscribe(f"{self.root}/dn/#", qos=1)
        subscribed.get(timeout=WAIT_S)

    def sealed(self, topic: str, body: bytes, key: bytes | None = None) -> bytes:
        mac = hmac.new(key or self.key, topic.encode() + b"\n" + body, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).rstrip(b"=") + b"." + body

    def say(self, name: str, message: dict[str, Any], *, key: bytes | None = None) -> None:
        body = json.dumps(message, separators=(",", ":")).encode()
        topic = f"{self.root}/{name}"
        self.say_raw(topic, self.sealed(topic, body, key))

    def say_raw(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(WAIT_S)

    def hello(self, **changes: Any) -> None:
        base = {
            "v": 1,
            "fw": "1.0",
            "hw": "X",
            "boot": 1,
            "caps": ["load"],
            "seq_head": 0,
            "seq_acked": 0,
            "tot": {"n": 0, "fen": 0, "ml": 0},
        }
        self.say("up/hello", base | changes)

    def pour(self, *facts: dict[str, Any], boot: int = 1) -> None:
        self.say("up/txn", {"v": 1, "boot": boot, "facts": list(facts)})

    def heard(self, name: str, **fields: Any) -> dict[str, Any]:
        """The next message of that name with those fields; what comes before it is dropped."""
        deadline = time.monotonic() + WAIT_S
        while True:
            got, message = self._down.get(timeout=max(0.01, deadline - time.monotonic()))
            if got == name and all(message.get(k) == v for k, v in fields.items()):
                return message

    def released(self, upto: int) -> dict[int, str]:
        """Wait for `upto`; the verdicts heard on the way."""
        verdicts: dict[int, str] = {}
        while True:
            ack = self.heard("dn/ack", stream="txn")
            verdicts |= {item["seq"]: item["verdict"] for item in ack.get("items", [])}
            if ack["upto"] >= upto:
                return verdicts

    def heard_nothing_but(self, *names: str) -> bool:
        """Whether, of what has come so far, all is of these names."""
        seen = []
        while not self._down.empty():
            seen.append(self._down.get()[0])
        return set(seen) <= set(names)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        mac, _, body = bytes(message.payload).partition(b".")
        if self.sealed(message.topic, body).partition(b".")[0] != mac:
            self.forged += 1
            return
        self._down.put((message.topic.removeprefix(self.root + "/"), json.loads(body)))


def pour(seq: int, card: str, *, before: int, **changes: Any) -> dict[str, Any]:
    """A good pour of 1.00 yuan as it stands in a batch."""
    amt = changes.get("amt", 100)
    return {
        "seq": seq,
        "ts": "2026-11-21T08:15:02.120+08:00",
        "clk": "ntp",
        "off": False,
        "card": {"no": card, "kind": "cpu"},
        "atc": seq,
        "bal_before": before,
        "amt": amt,
        "bal_after": before - amt,
        "tariff": 1,
        "ml": 1500,
        "ml_req": 1500,
        "pulses": 675,
        "nozzle": 1,
        "status": "ok",
        "auth": None,
        "tot": {"n": seq, "fen": 100 * seq, "ml": 1500 * seq},
        "tac": None,
    } | changes

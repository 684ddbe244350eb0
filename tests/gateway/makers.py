"""Machines and clouds of other makers. They share no code with the product: each maker's own
description of its language, and the standard library."""

import hashlib
import hmac
import json
import queue
import socket
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

WAIT_S = 20.0


def crc_x25(data: bytes) -> int:
    """As the standard describes it: bit by bit."""
    crc = 0xFFFF
    for byte in data:
        for bit in range(8):
            low = (crc ^ (byte >> bit)) & 1
            crc = (crc >> 1) ^ (0x8408 if low else 0)
    return crc ^ 0xFFFF


def frame(kind: int, machine: str, number: int, body: bytes) -> bytes:
    """A Tieshan frame with its flags."""
    bare = bytes([kind]) + bytes.fromhex(machine) + struct.pack("<H", number) + body
    bare += struct.pack("<H", crc_x25(bare))
    inside = bare.replace(b"\x7d", b"\x7d\x5d").replace(b"\x7e", b"\x7d\x5e")
    return b"\x7e" + inside + b"\x7e"


def record(no: int, *, card: str, before: int, **changes: Any) -> bytes:
    """The body of a Tieshan record: a good pour of 1.00 yuan, its counter equal to its number."""
    given: dict[str, Any] = {
        "time": "261121081502",
        "counter": no,
        "cost": 100,
        "ml": 1500,
        "pulses": 675,
        "nozzle": 1,
        "result": 0,
    } | changes
    after = before - given["cost"]
    return (
        struct.pack("<I", no)
        + bytes.fromhex(given["time"])
        + bytes.fromhex(card.rjust(16, "f"))
        + struct.pack(
            "<IIIIII", given["counter"], before, given["cost"], after, given["ml"], given["pulses"]
        )
        + bytes([given["nozzle"], given["result"]])
    )


class TieshanMachine:
    """A machine on a TCP connection; answers are (kind, number, result)."""

    def __init__(self, port: int, machine: str) -> None:
        self.machine = machine
        self.number = 0
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self._read = b""

    def login(self, code: str) -> tuple[int, int, int] | None:
        """Log in; the answer, None where the line was cut instead."""
        return self.say(0x01, code.encode())

    def say(self, kind: int, body: bytes) -> tuple[int, int, int] | None:
        """Send a frame and wait for its answer."""
        self.send(kind, body)
        return self.heard()

    def send(self, kind: int, body: bytes) -> None:
        self.number += 1
        self.sock.sendall(frame(kind, self.machine, self.number, body))

    def heard(self) -> tuple[int, int, int] | None:
        """The next answer; None once the line is cut."""
        bare = self._frame()
        return None if bare is None else (bare[0], struct.unpack("<H", bare[7:9])[0], bare[9])

    def ordered(self) -> tuple[str, int, str] | None:
        """The next order: its id, what to do, and until when; None once the line is cut."""
        bare = self._frame()
        if bare is None:
            return None
        assert (bare[0], bare[7:9], len(bare)) == (0x20, b"\0\0", 34)
        return bare[9:25].hex(), bare[25], bare[26:32].hex()

    def _frame(self) -> bytes | None:
        while b"\x7e" not in self._read.lstrip(b"\x7e"):
            try:
                chunk = self.sock.recv(4096)
            except ConnectionError:
                return None
            if not chunk:
                return None
            self._read += chunk
        inside, _, self._read = self._read.lstrip(b"\x7e").partition(b"\x7e")
        bare = inside.replace(b"\x7d\x5e", b"\x7e").replace(b"\x7d\x5d", b"\x7d")
        assert struct.unpack("<H", bare[-2:])[0] == crc_x25(bare[:-2])
        assert bare[1:7].hex() == self.machine
        return bare

    def close(self) -> None:
        self.sock.close()


def sale(no: int, *, card: str, before: str, after: str, **changes: Any) -> dict[str, Any]:
    """A Lanjing record: a good pour of 1.00 yuan, at 08:15:02 by its clock."""
    return {
        "no": no,
        "card": card,
        "before": before,
        "cost": "1.00",
        "after": after,
        "vol": "1.500",
        "port": 2,
        "t": 1795248902,
        "res": 0,
    } | changes


class LanjingMachine:
    """A machine on the broker; it publishes everything retained, as its firmware does."""

    def __init__(self, port: int, sn: str, password: str) -> None:
        self.sn = sn
        self._acks: queue.Queue[int] = queue.Queue()
        self._orders: queue.Queue[dict[str, Any]] = queue.Queue()
        self.overheard: list[str] = []
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=sn, protocol=MQTTProtocolVersion.MQTTv311
        )
        self.client.username_pw_set(sn, password)
        self.client.on_message = lambda _client, _data, message: self._take(message)
        subscribed = queue.Queue[bool]()
        self.client.on_subscribe = lambda *_: subscribed.put(True)
        self.client.connect("127.0.0.1", port, keepalive=30)
        self.client.loop_start()
        for topic in (f"lj/{sn}/ack", f"lj/{sn}/cmd"):
            self.client.subscribe(topic, qos=1)
            subscribed.get(timeout=WAIT_S)

    def say(self, name: str, message: Mapping[str, Any], *, sn: str | None = None) -> None:
        self.say_raw(name, json.dumps(message).encode(), sn=sn)

    def say_raw(self, name: str, payload: bytes, *, sn: str | None = None) -> None:
        told = self.client.publish(f"lj/{sn or self.sn}/{name}", payload, qos=1, retain=True)
        told.wait_for_publish(WAIT_S)

    def acked(self) -> int:
        """The number of the next record that we confirm."""
        return self._acks.get(timeout=WAIT_S)

    def ordered(self) -> dict[str, Any]:
        """The next order."""
        return self._orders.get(timeout=WAIT_S)

    def reply(self, order: Mapping[str, Any], **result: int) -> None:
        """Say how an order went: done, where nothing else is said."""
        self.say("reply", {"id": order["id"], "res": 0, "t": int(time.time())} | result)

    def _take(self, message: mqtt.MQTTMessage) -> None:
        told = json.loads(message.payload)
        if message.topic == f"lj/{self.sn}/ack":
            self._acks.put(told["no"])
        elif message.topic == f"lj/{self.sn}/cmd":
            self._orders.put(told)
        else:
            self.overheard.append(message.topic)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def pushed(*records: Mapping[str, Any]) -> bytes:
    """The body of a Yunshui push."""
    return json.dumps({"records": records}).encode()


def cloud_sale(txn: str | None, *, dev: str, card: str, **changes: Any) -> dict[str, Any]:
    """A sale as the Yunshui cloud tells it: 1.00 yuan."""
    told: dict[str, Any] = {
        "txn": txn,
        "dev": dev,
        "card": card,
        "amount": "1.00",
        "balance": "99.00",
        "ml": 1500,
        "at": "2026-11-21 08:15:02",
        "result": "SUCCESS",
    }
    return told | changes


def signature(
    body: bytes, secret: bytes, *, nonce: str, moment: int | None = None
) -> dict[str, str]:
    """The headers under which the Yunshui cloud signs."""
    at = str(int(time.time()) if moment is None else moment)
    mac = hmac.new(secret, f"{at}\n{nonce}\n".encode() + body, hashlib.sha256).hexdigest()
    return {
        "X-Yunshui-Timestamp": at,
        "X-Yunshui-Nonce": nonce,
        "X-Yunshui-Signature": mac,
    }


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)

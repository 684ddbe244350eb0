"""A gateway without a broker: what is put on its line arrives in order, what it says is kept."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from tapline import devices
from tapline.metadata import METADATA
from tapline.uow import Database
from tapline_gateway.gateway import Gateway
from tapline_gateway.link import Arrival, MqttConfig
from tapline_gateway.shares import Shares
from tests.factories import VAULT

Said = tuple[str, dict[str, Any]]

# What every arrival leaves behind, and what remembers that somebody spoke or listened.
_TRACES = {"inbox_message", "dead_letter", "hearing", "outbox_message", "outbox_handled"}
_MOMENTS = "{last_seen_at,hello_at,config_at,total_at}"


class Line:
    """The link of a gateway that stands still between steps, and so does its clock."""

    connected = True
    session = 1

    def __init__(self, database: Database) -> None:
        config = MqttConfig(host="", port=0, username="", password="", client_id="t")
        self.gateway = Gateway(database, config, VAULT)
        self.gateway._link = self  # type: ignore[assignment]
        self.gateway._shares = Shares(now=lambda: 0.0)
        self.answers: list[Said] = []
        self._arrivals: list[Arrival] = []

    def put(self, topic: str, payload: bytes) -> None:
        at = len(self._arrivals)
        self._arrivals.append(Arrival(topic, payload, retained=False, qos=1, mid=at, session=1))

    def work_off(self) -> list[Said]:
        """Have the gateway take all that arrived; what it said since the last time."""
        while self._arrivals:
            self.gateway.step(0)
        told, self.answers = self.answers, []
        return told

    def poll(self, _timeout_s: float, *, most: int) -> list[Arrival]:
        taken, self._arrivals = self._arrivals[:most], self._arrivals[most:]
        return taken

    def publish(self, topic: str, payload: bytes, *, qos: int = 1) -> None:
        self.answers.append((topic, json.loads(payload.partition(b".")[2])))

    def ack(self, arrivals: Iterable[Arrival]) -> None:
        pass


class Speaker:
    """A device on that line."""

    def __init__(self, line: Line, made: devices.Provisioned) -> None:
        self.line, self.key = line, made.key
        self.root = f"tl1/{made.device.tenant_id}/{made.device.device_id}"

    def frame(self, name: str, body: dict[str, Any]) -> tuple[str, bytes]:
        topic, raw = f"{self.root}/{name}", json.dumps(body).encode()
        mac = hmac.new(self.key, topic.encode() + b"\n" + raw, hashlib.sha256).digest()
        return topic, base64.urlsafe_b64encode(mac).rstrip(b"=") + b"." + raw

    def say(self, name: str, body: dict[str, Any]) -> list[Said]:
        """Say it and have it acted on; what came down to this device."""
        return self.again(self.frame(name, body))

    def again(self, frame: tuple[str, bytes]) -> list[Said]:
        """The same bytes once more."""
        self.line.put(*frame)
        told = [(topic.removeprefix(f"{self.root}/"), body) for topic, body in self.line.work_off()]
        return [(name, body) for name, body in told if not name.startswith("tl1/")]


def state_of(database: Database) -> dict[str, str]:
    """A digest of each table, but for the traces that every arrival leaves."""
    with database.engine.connect() as connection:
        return {
            name: connection.execute(
                text(
                    "select md5(coalesce(string_agg(line, ',' order by line), '')) from"
                    f" (select (to_jsonb(t) - '{_MOMENTS}'::text[])::text as line"
                    f" from {name} t) as lines"
                )
            ).scalar_one()
            for name in sorted(set(METADATA.tables) - _TRACES)
        }


def count(database: Database, table: str, device_id: str) -> int:
    """How many rows name a device."""
    with database.engine.connect() as connection:
        found = connection.execute(
            text(f"select count(*) from {table} where device_id = :device or topic like :topic"),
            {"device": device_id, "topic": f"%/{device_id}/%"},
        )
        return int(found.scalar_one())

"""MQTT in, one transaction a batch, acknowledgement out.

A message is acknowledged once its effects are committed, and never before one that came earlier. A
message that cannot be understood is kept as a dead letter and blocks nobody. Only when the database
is away does a message stay unacknowledged; then nothing after it is acknowledged either, the
connection is dropped, and the broker delivers all of it again.
"""

import logging
import threading
import time
from collections.abc import Sequence

from sqlalchemy.exc import InterfaceError, OperationalError

from tapline.devices import Vault
from tapline.outages import hearing
from tapline.uow import Database
from tapline_gateway import downlink, vendors
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import Arrival, Link, MqttConfig
from tapline_gateway.portion import Portion
from tapline_gateway.protocol import FRAME_BYTES_MAX, Topic, encode, seal
from tapline_gateway.reading import Answer, Letter, Reading, Refused, read
from tapline_gateway.settling import settle
from tapline_gateway.shares import Shares
from tapline_gateway.timekeeping import Timekeeper

log = logging.getLogger(__name__)

# Telemetry has a connection of its own: it must never stand between a fact and its release.
SUBSCRIPTIONS = [
    ("tl1/+/+/st", 1),
    *((f"tl1/+/+/up/{name}", 1) for name in ("hello", "txn", "load", "tot", "evt")),
    *((f"tl1/+/+/up/{name}", 1) for name in ("cmd", "auth", "cfg", "ota", "claim", "cert")),
    ("tl1/+/+/up/time", 0),
]
_POLL_S = 0.05
_UNASKED_EVERY_S = 0.2
_LISTENING_EVERY_S = 10.0


class Gateway:
    """The money connection: facts, vouchers, presence, commands, the list of blocked cards."""

    def __init__(self, database: Database, mqtt: MqttConfig, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._keys = KeyRing(database, vault)
        self._register = vendors.Register(database)
        # On a broker that does not, a maker's topic says nothing of who spoke.
        foreign = vendors.SUBSCRIPTIONS if mqtt.tells_apart else []
        self._told_here = vendors.TOLD_OVER_MQTT if mqtt.tells_apart else {}
        self._link = Link(mqtt, [*SUBSCRIPTIONS, *foreign])
        self._clock = Timekeeper()
        self._shares = Shares()
        self._portion = Portion()
        self._unasked_at = self._listening_at = 0.0
        self._listening_in = 0

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set. What arrives during one transaction is the next batch, so a
        quiet gateway answers at once and a busy one works in large sets."""
        while not stop.is_set():
            self.step(_POLL_S)
        self._link.close()

    def step(self, timeout_s: float) -> int:
        """One round: wait for messages, settle them, say what is to be said; how many came."""
        arrivals = self._link.poll(timeout_s, most=self._portion.messages)
        began = time.monotonic()
        try:
            if arrivals:
                self._settle(arrivals)
                self._portion.went_well(len(arrivals), time.monotonic() - began)
            self._publish_unasked()
            self._note_listening()
        except (OperationalError, InterfaceError) as error:
            log.warning("database away, messages will come again: %s", error.orig)
            self._portion.failed(len(arrivals))
            self._link.drop()
        return len(arrivals)

    def _settle(self, arrivals: Sequence[Arrival]) -> None:
        taken = [(one, self._taken(one)) for one in arrivals]
        read = [(arrival, one) for arrival, one in taken if isinstance(one, Letter | Refused)]
        busy = [one for _, one in taken if isinstance(one, Answer)]
        for answer in busy:
            self._publish(answer)
        readings = [reading for _, reading in read]
        answers = settle(self._database, self._vault, readings) if readings else []
        if any(isinstance(one, Letter) and one.changes_keys for one in readings):
            self._keys.look_again()
        self._link.ack(arrivals)
        for answer in (*answers, *self._clock.answers(read)):
            self._publish(answer)
        for reading in readings:
            if reading.receipt is not None:
                self._link.publish(reading.receipt.address, reading.receipt.payload)

    def _taken(self, arrival: Arrival) -> Reading | Answer | None:
        """What a message is, or what to tell a sender who takes more than his share."""
        reading = self._read(arrival)
        return None if reading is None else self._shares.take(arrival.topic, reading)

    def _read(self, arrival: Arrival) -> Reading | None:
        if vendors.is_foreign(arrival.topic):
            return vendors.read_arrival(arrival, self._register)
        return read(arrival, self._keys)

    def _publish(self, answer: Answer) -> None:
        key = self._keys.key_of(answer.tenant_id, answer.device_id)
        if key is None:
            return
        topic = str(Topic(answer.tenant_id, answer.device_id, answer.message.NAME))
        body = encode(answer.message)
        assert len(body) < FRAME_BYTES_MAX, "what we say is bounded"
        self._link.publish(topic, seal(key, topic, body), qos=answer.message.QOS)

    def _note_listening(self) -> None:
        """Keep in mind that we listen: silence in any other time says nothing of a machine, and
        after a break every machine has to find its way back."""
        now, session = time.monotonic(), self._link.session
        anew = session != self._listening_in
        if not self._link.connected or (now < self._listening_at and not anew):
            return
        with self._database.transaction() as uow:
            hearing.note(uow, listener=hearing.GATEWAY, anew=anew)
        self._listening_at, self._listening_in = now + _LISTENING_EVERY_S, session

    def _publish_unasked(self) -> None:
        now = time.monotonic()
        if now < self._unasked_at or not self._link.connected:
            return
        self._unasked_at = now + _UNASKED_EVERY_S
        with self._database.transaction() as uow:
            waiting = downlink.take(uow, self._told_here)
            told = downlink.take_settings(uow) + downlink.take_lists(uow)
        if waiting:
            self._keys.look_again()  # one of them may carry a key, which is answered by its use
        for one in (*waiting.values(), *told):
            if isinstance(one, vendors.Order):
                self._link.publish(one.address, one.payload)
            else:
                self._publish(one)
        if waiting:
            with self._database.transaction() as uow:
                downlink.mark(uow, list(waiting))


def run(database: Database, mqtt: MqttConfig, vault: Vault, stop: threading.Event) -> None:
    """Serve the money connection until `stop` is set."""
    Gateway(database, mqtt, vault).run(stop)

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

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from tapline.devices import Vault, messages
from tapline.uow import Database
from tapline_gateway import downlink
from tapline_gateway.handlers import handle
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import Arrival, Link, MqttConfig
from tapline_gateway.protocol import FRAME_BYTES_MAX, NackAct, NackCode, Topic, encode, seal
from tapline_gateway.reading import Answer, Letter, Refused, read, refused

log = logging.getLogger(__name__)

# Telemetry has a connection of its own: it must never stand between a fact and its release.
SUBSCRIPTIONS = [
    ("tl1/+/+/st", 1),
    *((f"tl1/+/+/up/{name}", 1) for name in ("hello", "txn", "load", "tot", "evt")),
    *((f"tl1/+/+/up/{name}", 1) for name in ("cmd", "auth", "cfg", "ota")),
    ("tl1/+/+/up/time", 0),
]
BATCH_MAX = 500
_POLL_S = 0.05
_UNASKED_EVERY_S = 0.2
_CONFLICT_RETRIES = 5
_TRANSIENT = {"40001", "40P01"}  # serialization failure, deadlock


class Gateway:
    """The money connection: facts, vouchers, presence, commands, the list of blocked cards."""

    def __init__(self, database: Database, mqtt: MqttConfig, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._keys = KeyRing(database, vault)
        self._link = Link(mqtt, SUBSCRIPTIONS)
        self._unasked_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set. What arrives during one transaction is the next batch, so a
        quiet gateway answers at once and a busy one works in large sets."""
        while not stop.is_set():
            self.step(_POLL_S)
        self._link.close()

    def step(self, timeout_s: float) -> int:
        """One round: wait for messages, settle them, say what is to be said; how many came."""
        arrivals = self._link.poll(timeout_s, most=BATCH_MAX)
        try:
            if arrivals:
                self._settle(arrivals)
            self._publish_unasked()
        except (OperationalError, InterfaceError) as error:
            log.warning("database away, messages will come again: %s", error.orig)
            self._link.drop()
        return len(arrivals)

    def _settle(self, arrivals: Sequence[Arrival]) -> None:
        try:
            answers = self._commit(arrivals)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if len(arrivals) == 1:
                log.exception("message set aside", extra={"topic": arrivals[0].topic})
                answers = self._set_aside(arrivals[0])
            else:
                # One of them is poison. Alone it harms nobody.
                for arrival in arrivals:
                    self._settle([arrival])
                return
        self._link.ack(arrivals)
        for answer in answers:
            self._publish(answer)

    def _commit(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        readings = [read(arrival, self._keys) for arrival in arrivals]
        letters = [one for one in readings if isinstance(one, Letter)]
        refusals = [one for one in readings if isinstance(one, Refused)]
        for attempt in range(_CONFLICT_RETRIES + 1):
            try:
                with self._database.transaction() as uow:
                    messages.bury(uow, [one.refusal for one in refusals])
                    answers = handle(uow, letters, self._vault)
                return answers + [one.answer for one in refusals if one.answer]
            except DBAPIError as error:
                if attempt == _CONFLICT_RETRIES or not _may_pass(error):
                    raise
        raise AssertionError("unreachable")

    def _set_aside(self, arrival: Arrival) -> list[Answer]:
        """Keep a message that made us fail, and tell its device to park it."""
        reading = read(arrival, self._keys)
        if isinstance(reading, Letter):
            why = "the platform failed on it; it is kept for a person"
            reading = refused(reading.payload, reading.topic, NackCode.SCHEMA, NackAct.PARK, why)
        if reading is None:
            return []
        with self._database.transaction() as uow:
            messages.bury(uow, [reading.refusal])
        return [reading.answer] if reading.answer else []

    def _publish(self, answer: Answer) -> None:
        key = self._keys.key_of(answer.tenant_id, answer.device_id)
        if key is None:
            return
        topic = str(Topic(answer.tenant_id, answer.device_id, answer.message.NAME))
        body = encode(answer.message)
        assert len(body) < FRAME_BYTES_MAX, "what we say is bounded"
        self._link.publish(topic, seal(key, topic, body), qos=answer.message.QOS)

    def _publish_unasked(self) -> None:
        now = time.monotonic()
        if now < self._unasked_at or not self._link.connected:
            return
        self._unasked_at = now + _UNASKED_EVERY_S
        with self._database.transaction() as uow:
            waiting, lists = downlink.take(uow), downlink.take_lists(uow)
        for answer in (*waiting.values(), *lists):
            self._publish(answer)
        if waiting:
            with self._database.transaction() as uow:
                downlink.mark(uow, list(waiting))


def _may_pass(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when tried again at once."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _TRANSIENT or isinstance(error, IntegrityError)


def run(database: Database, mqtt: MqttConfig, vault: Vault, stop: threading.Event) -> None:
    """Serve the money connection until `stop` is set."""
    Gateway(database, mqtt, vault).run(stop)

"""Telemetry into the database, on an MQTT session and a pool of its own: it cannot starve money,
and no device another.

One thread reads, verifies and decodes; a second one stores and commits what the first has read
before, so that neither waits for the other. The first one then acknowledges.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from tapline import clock
from tapline.devices import messages, telemetry
from tapline.devices.telemetry import Reading
from tapline.uow import Database
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import Arrival, Link, MqttConfig
from tapline_gateway.protocol import Telemetry, Topic, encode, read_ts, seal
from tapline_gateway.reading import Answer, Letter, Refused, read
from tapline_gateway.readingshares import ReadingShares

log = logging.getLogger(__name__)

_FILTER = "tl1/+/+/up/tele"
# Devices send at QoS 0; one that insists on delivery (QoS 1) gets it.
_QOS = 1
_BATCH_MAX = 500
_BATCH_S = 0.05
_IDLE_S = 0.5
_SOON_S = 0.005
"""How long to look for more while a batch is being stored, which then is acknowledged."""
_DATABASE_RETRY_S = 1.0


class Batch(NamedTuple):
    """What messages say, and which of them say nothing that can be stored."""

    readings: list[Reading]
    refused: list[Refused]
    flooding: list[Refused]
    """One of each device that brought more than its share, where that is to be told."""


class _UnderWay(NamedTuple):
    """Messages that are being stored; None in the end where that was given up."""

    arrivals: list[Arrival]
    answers: Future[list[Answer] | None]


def run_telemetry(
    database: Database, mqtt: MqttConfig, keys: KeyRing, stop: threading.Event
) -> None:
    """Store telemetry until `stop` is set.

    While the database is away the batch in hand waits, nothing is acknowledged and nothing more
    is read. The broker keeps what was published at QoS 1 and delivers it again.
    """
    link = Link(mqtt, [(_FILTER, _QOS)])
    intake = _Intake(database, keys)
    under_way: _UnderWay | None = None
    with ThreadPoolExecutor(1, "telemetry-store") as beside:
        while not stop.is_set():
            arrivals = _next_batch(link, _SOON_S if under_way else _IDLE_S)
            batch = _patiently(stop, intake.read, arrivals) if arrivals else None
            if under_way is not None:
                _finish(link, keys, under_way)
                under_way = None
            if batch is not None:
                answers = beside.submit(_patiently, stop, intake.store, batch)
                under_way = _UnderWay(arrivals, answers)
        if under_way is not None:
            _finish(link, keys, under_way)
    link.close()


Given = TypeVar("Given")
Made = TypeVar("Made")


def _patiently(stop: threading.Event, work: Callable[[Given], Made], given: Given) -> Made | None:
    """Do it, again and again while the database is away; None when told to stop."""
    while not stop.is_set():
        try:
            return work(given)
        except (OperationalError, InterfaceError) as error:
            log.warning("telemetry waits for the database: %s", error.orig)
            stop.wait(_DATABASE_RETRY_S)
    return None


def _finish(link: Link, keys: KeyRing, under_way: _UnderWay) -> None:
    """Wait until it is stored, acknowledge it, and answer."""
    answers = under_way.answers.result()
    if answers is None:
        return
    link.ack(under_way.arrivals)
    for answer in answers:
        _publish(link, keys, answer)


def _next_batch(link: Link, patience_s: float) -> list[Arrival]:
    """Wait for a message, then for what else comes within 50 ms, up to 500."""
    arrivals = link.poll(patience_s, most=_BATCH_MAX)
    deadline = time.monotonic() + _BATCH_S
    while arrivals and len(arrivals) < _BATCH_MAX:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            break
        arrivals += link.poll(left_s, most=_BATCH_MAX - len(arrivals))
    return arrivals


def _publish(link: Link, keys: KeyRing, answer: Answer) -> None:
    key = keys.key_of(answer.tenant_id, answer.device_id)
    if key is not None:
        topic = str(Topic(answer.tenant_id, answer.device_id, answer.message.NAME))
        link.publish(topic, seal(key, topic, encode(answer.message)), qos=answer.message.QOS)


class _Intake:
    """Messages to rows."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys
        self._complaints = _Complaints()
        self._shares = ReadingShares()

    def read(self, arrivals: Sequence[Arrival]) -> Batch:
        """Whose they are and what they say.

        Raises `OperationalError` or `InterfaceError` where keys are to be read anew and the
        database is away: do it again then.
        """
        now = clock.now()
        admitted, flooding = self._shares.admitted(arrivals)
        batch = Batch([], [], flooding)
        for arrival in admitted:
            outcome = read(arrival, self._keys)
            if isinstance(outcome, Letter):
                self._shares.spend(arrival.topic)
                batch.readings.append(_reading(outcome, now))
            elif outcome is not None:
                batch.refused.append(outcome)
        return batch

    def store(self, batch: Batch) -> list[Answer]:
        """Commit it; what to tell the senders of what could not be understood.

        Raises `OperationalError` or `InterfaceError` when the database is away: do it again then.
        """
        now = clock.now()
        refused = self._complaints.news(batch.refused, now)
        told = [*refused, *batch.flooding]
        try:
            with self._database.transaction() as uow:
                telemetry.store(uow, readings=batch.readings)
                messages.bury(uow, [one.refusal for one in told])
        except (OperationalError, InterfaceError):
            raise
        except DBAPIError:
            # Telemetry may be lost by contract; one reading must not stop all that follow.
            log.exception("%d readings dropped by the database", len(batch.readings))
        self._complaints.told(refused, now)
        return [one.answer for one in told if one.answer]


def _reading(letter: Letter, now: datetime) -> Reading:
    said = letter.message
    assert isinstance(said, Telemetry), "nothing else is subscribed"
    metrics, extra = telemetry.sort_metrics(said.m)
    return Reading(
        tenant_id=letter.tenant_id,
        device_id=letter.device_id,
        boot=said.boot,
        up_ms=said.up_ms,
        moment=read_ts(said.ts),
        received_at=now,
        metrics=metrics,
        extra=extra,
    )


class _Complaints:
    """One an hour for each device and reason: a fleet with a broken firmware would otherwise bury
    the dead letters that are about money.
    """

    _EVERY = timedelta(hours=1)
    _REMEMBERED_MAX = 10_000

    def __init__(self) -> None:
        self._told_at: dict[tuple[str | None, str], datetime] = {}

    def news(self, refused: Sequence[Refused], now: datetime) -> list[Refused]:
        """Those not told within the hour, one of a kind."""
        kinds = {_kind(one): one for one in refused}
        return [one for kind, one in kinds.items() if self._is_news(kind, now)]

    def told(self, refused: Sequence[Refused], now: datetime) -> None:
        """Remember these as stored."""
        if len(self._told_at) > self._REMEMBERED_MAX:
            self._told_at.clear()
        self._told_at.update((_kind(one), now) for one in refused)

    def _is_news(self, kind: tuple[str | None, str], now: datetime) -> bool:
        told_at = self._told_at.get(kind)
        return told_at is None or now - told_at >= self._EVERY


def _kind(refused: Refused) -> tuple[str | None, str]:
    return refused.refusal.device_id, refused.refusal.code

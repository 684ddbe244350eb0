"""The outbox relay: takes committed events and sends them to the tasks that want them."""

import logging
import threading
import time
from datetime import timedelta

import psycopg
from celery import Celery
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from tapline import clock
from tapline.outbox import OutboxRepository
from tapline.uow import Database
from tapline_ops.subscriptions import SUBSCRIPTIONS

log = logging.getLogger(__name__)

_BATCH = 200
_PATIENCE = timedelta(seconds=20)
"""How long a sent event may stay unhandled before it is sent again."""
_LOOK_EVERY_S = 5.0
_RETRY_S = 1.0


class Relay:
    """Moves events from the outbox to the task broker; any number may run at once."""

    def __init__(self, database: Database, app: Celery) -> None:
        self._database = database
        self._app = app

    def run(self, stop: threading.Event) -> None:
        """Relay until `stop` is set, through restarts of database and broker."""
        while not stop.is_set():
            try:
                self._listen(stop)
            except (psycopg.OperationalError, OperationalError, BrokerError) as error:
                log.warning("relay waits for its neighbours: %s", error)
                stop.wait(_RETRY_S)

    def relay_waiting(self) -> int:
        """Send every committed event that has not left yet; how many did."""
        sent = 0
        while moved := self._relay_batch():
            sent += moved
        return sent

    def return_unhandled(self) -> None:
        """Put back what was sent and got lost with its broker or worker."""
        with self._database.transaction() as uow:
            outbox = OutboxRepository(uow.session)
            returned = outbox.return_unhandled(SUBSCRIPTIONS, clock.now() - _PATIENCE)
        if returned:
            log.warning("%d events were sent and not handled; sending them again", returned)

    def _listen(self, stop: threading.Event) -> None:
        with psycopg.connect(_plain(self._database), autocommit=True) as connection:
            connection.execute("listen tapline_outbox")
            look_at = 0.0
            while not stop.is_set():
                if time.monotonic() >= look_at:
                    self.return_unhandled()
                    look_at = time.monotonic() + _LOOK_EVERY_S
                self.relay_waiting()
                # Committed while we were not looking: the notification is there already.
                for _ in connection.notifies(timeout=_LOOK_EVERY_S, stop_after=1):
                    pass

    def _relay_batch(self) -> int:
        """One batch in one transaction: sent twice rather than never."""
        with self._database.transaction() as uow:
            outbox = OutboxRepository(uow.session)
            messages = outbox.take(_BATCH)
            for message in messages:
                arguments = {"event_id": str(message.event_id), "payload": message.payload}
                for task in SUBSCRIPTIONS.get(message.type, ()):
                    self._app.send_task(task, kwargs=arguments, retry=False)
            if messages:
                outbox.mark_relayed(messages)
            return len(messages)


def drained(database: Database) -> bool:
    """Whether every event has been handled by everyone who wants it."""
    with database.transaction() as uow:
        outbox = OutboxRepository(uow.session)
        return outbox.waiting_count() == 0 and outbox.unhandled_count(SUBSCRIPTIONS) == 0


def _plain(database: Database) -> str:
    url = make_url(database.engine.url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)

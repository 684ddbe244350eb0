"""Every committed event reaches every task that wants it, whatever gets lost on the way."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from kombu.exceptions import OperationalError

from tapline import clock
from tapline.events import DeskMoved, FactsStored
from tapline.outbox import OutboxRepository
from tapline.uow import Database
from tapline_ops.relay import Relay, drained
from tapline_ops.subscriptions import SUBSCRIPTIONS
from tapline_ops.tasks.upkeep import forget_events


class RecordingApp:
    """A task broker that takes everything and delivers nothing."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send_task(self, name: str, *, kwargs: dict[str, Any], retry: bool) -> None:
        assert not retry, "the relay itself tries again, and must not hang meanwhile"
        self.sent.append((name, kwargs["event_id"]))


@pytest.fixture
def app() -> RecordingApp:
    return RecordingApp()


def store_facts(database: Database) -> None:
    with database.transaction() as uow:
        uow.emit(FactsStored(tenant_id="demo", cards=("88001234",)))


def handled(database: Database, app: RecordingApp) -> None:
    """What a worker does with all that was sent."""
    with database.transaction() as uow:
        for task, event_id in app.sent:
            OutboxRepository(uow.session).first_time(UUID(event_id), task)


def test_an_event_is_sent_to_its_tasks_once_committed(
    fresh_database: Database, app: RecordingApp
) -> None:
    store_facts(fresh_database)

    Relay(fresh_database, app).relay_waiting()
    Relay(fresh_database, app).relay_waiting()

    assert [task for task, _ in app.sent] == list(SUBSCRIPTIONS["FactsStored"])


def test_what_a_lost_broker_swallowed_is_sent_again_until_handled(
    fresh_database: Database, app: RecordingApp
) -> None:
    relay = Relay(fresh_database, app)
    store_facts(fresh_database)
    relay.relay_waiting()

    with clock.frozen(clock.now() + timedelta(minutes=5)):
        relay.return_unhandled()
    relay.relay_waiting()
    assert len(app.sent) == 2 * len(SUBSCRIPTIONS["FactsStored"])

    handled(fresh_database, app)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        relay.return_unhandled()
    relay.relay_waiting()
    assert len(app.sent) == 2 * len(SUBSCRIPTIONS["FactsStored"])


def test_a_task_broker_that_is_away_for_a_moment_only_delays(fresh_database: Database) -> None:
    stop = threading.Event()

    class ReturningApp(RecordingApp):
        away = True

        def send_task(self, name: str, *, kwargs: dict[str, Any], retry: bool) -> None:
            if self.away:
                self.away = False
                raise OperationalError("connection refused")
            super().send_task(name, kwargs=kwargs, retry=retry)
            stop.set()

    app = ReturningApp()
    store_facts(fresh_database)
    relaying = threading.Thread(target=Relay(fresh_database, app).run, args=(stop,))
    relaying.start()
    relaying.join(timeout=30)
    stop.set()
    relaying.join()

    assert [task for task, _ in app.sent] == list(SUBSCRIPTIONS["FactsStored"])


def test_the_system_is_drained_when_every_subscriber_has_handled_every_event(
    fresh_database: Database, app: RecordingApp
) -> None:
    relay = Relay(fresh_database, app)
    assert drained(fresh_database)

    store_facts(fresh_database)
    assert not drained(fresh_database)
    relay.relay_waiting()
    assert not drained(fresh_database)
    handled(fresh_database, app)
    assert drained(fresh_database)


def test_an_event_that_nobody_subscribes_to_holds_nothing_up(
    fresh_database: Database, app: RecordingApp
) -> None:
    with fresh_database.transaction() as uow:
        uow.emit(DeskMoved(tenant_id="demo", desk="main"))

    Relay(fresh_database, app).relay_waiting()

    assert app.sent == []
    assert drained(fresh_database)


def test_only_what_everybody_has_handled_is_forgotten(
    fresh_database: Database, app: RecordingApp
) -> None:
    store_facts(fresh_database)
    Relay(fresh_database, app).relay_waiting()
    handled(fresh_database, app)
    store_facts(fresh_database)
    Relay(fresh_database, app).relay_waiting()

    with clock.frozen(clock.now() + timedelta(days=30)), fresh_database.transaction() as uow:
        forget_events(uow)

    with fresh_database.transaction() as uow:
        outbox = OutboxRepository(uow.session)
        assert outbox.unhandled_count(SUBSCRIPTIONS) == 1
        assert outbox.return_unhandled(SUBSCRIPTIONS, clock.now() + timedelta(days=30)) == 1
        assert len(outbox.take(10)) == 1

"""Keeping the house in order."""

from datetime import timedelta

from tapline import clock, files, people
from tapline.devices import telemetry, vendors
from tapline.outbox import OutboxRepository
from tapline.uow import UnitOfWork
from tapline_ops.subscriptions import SUBSCRIPTIONS
from tapline_ops.worker import upkeep

_EVENTS_KEPT = timedelta(hours=1)
"""Once handled: the relay looks through all that there are."""
_MARKS_KEPT = timedelta(days=7)
"""A task broker may deliver what it has kept through a long outage."""


@upkeep
def keep_telemetry(uow: UnitOfWork) -> None:
    telemetry.maintain(uow)


@upkeep
def forget_sessions(uow: UnitOfWork) -> None:
    people.forget_ended(uow)


@upkeep
def forget_events(uow: UnitOfWork) -> None:
    outbox, now = OutboxRepository(uow.session), clock.now()
    outbox.forget_handled(SUBSCRIPTIONS, now - _EVENTS_KEPT)
    outbox.forget_marks(now - _MARKS_KEPT)


@upkeep
def forget_pushes(uow: UnitOfWork) -> None:
    vendors.forget_pushes(uow)


@upkeep
def erase_files(uow: UnitOfWork) -> None:
    files.erase_ended(uow)

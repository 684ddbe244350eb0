"""Keeping the house in order."""

from datetime import timedelta

from tapline import clock, files, ledger, people
from tapline.devices import telemetry
from tapline.outbox import OutboxRepository
from tapline.uow import UnitOfWork
from tapline_ops.worker import upkeep

_EVENTS_KEPT = timedelta(days=7)


@upkeep
def seal_ledger(uow: UnitOfWork) -> None:
    ledger.seal(uow)


@upkeep
def keep_telemetry(uow: UnitOfWork) -> None:
    telemetry.maintain(uow)


@upkeep
def forget_sessions(uow: UnitOfWork) -> None:
    people.forget_ended(uow)


@upkeep
def forget_events(uow: UnitOfWork) -> None:
    OutboxRepository(uow.session).forget_before(clock.now() - _EVENTS_KEPT)


@upkeep
def erase_files(uow: UnitOfWork) -> None:
    files.erase_ended(uow)

"""What becomes true by the clock alone, some time after the last pour."""

from datetime import datetime, timedelta

from tapline import clock
from tapline.uow import Database
from tapline_ops.demo.repository import DemoRepository
from tapline_ops.provision import DEMO

_SOON = timedelta(minutes=1)
_SETTLED = timedelta(seconds=10)
"""Counters of machines are held against facts that have had time to come."""


def open_since(database: Database, moment: datetime) -> list[str]:
    """What reconciliation is still to look at, of what happened up to `moment`."""
    with database.transaction() as uow:
        figures = DemoRepository(uow, DEMO)
        cards = figures.cards_due(clock.now() + _SOON)
        examined_at = figures.machines_examined_at()
    is_late = examined_at is None or examined_at < moment + _SETTLED
    waiting = [f"the windows of {cards} cards"] if cards else []
    return [*waiting, "a look at the machines' counters"] if is_late else waiting

"""Properties that a machine tries to break, in a database that forgets what it did.

A run at every push tells the same stories each time; `TAPLINE_HYPOTHESIS=deep` looks twenty times
longer, and for new ones.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy.orm import Session

from tapline import clock
from tapline.uow import Database, UnitOfWork

_DEPTH = 20 if os.environ.get("TAPLINE_HYPOTHESIS") == "deep" else 1


def examples(few: int) -> settings:
    """So many examples, the same each time; or twenty times as many new ones in a deep run."""
    return settings(
        max_examples=few * _DEPTH,
        derandomize=_DEPTH == 1,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def rolled_back(database: Database) -> Iterator[UnitOfWork]:
    """A transaction that is never committed, so nobody sees another's rows."""
    with database.engine.connect() as connection, connection.begin() as outer:
        with Session(connection, expire_on_commit=False) as session:
            yield UnitOfWork(session)
        outer.rollback()


class Savepoints:
    """A database for what happens within one transaction: each of its own is a part of it."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """Everything in the block, or nothing."""
        with self._uow.attempt():
            yield self._uow


class Undone(RuleBasedStateMachine):
    """A machine that works in one transaction, from `since` on; all of it is rolled back."""

    def __init__(self, database: Database, since: datetime) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._stack.enter_context(clock.frozen(since))
        self.uow = self._stack.enter_context(rolled_back(database))

    def teardown(self) -> None:
        self._stack.close()


def try_to_break(
    machine: Callable[[Database], RuleBasedStateMachine],
    database: Database,
    *,
    few: int,
    steps: int = 20,
) -> None:
    """Run `few` stories of up to `steps` steps."""
    run_state_machine_as_test(
        partial(machine, database),  # type: ignore[arg-type]  # any factory will do
        settings=settings(examples(few), stateful_step_count=steps),
    )

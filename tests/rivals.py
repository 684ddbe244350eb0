"""Two transactions in each other's way: one waits, the other goes on."""

import threading
import time
from collections.abc import Callable

from sqlalchemy import text

from tapline.uow import Database, UnitOfWork

Work = Callable[[UnitOfWork], object]

_DEADLINE_S = 30.0
_BLOCKED = text(
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)


class Rival:
    """Work in a transaction of its own, beside one that is open."""

    def __init__(self, database: Database, work: Work) -> None:
        self.failure: Exception | None = None
        self._database = database
        self._work = work
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Set out, until it waits for somebody's lock or has ended."""
        self._thread.start()
        deadline = time.monotonic() + _DEADLINE_S
        while self._thread.is_alive() and not waits_for_a_lock(self._database):
            assert time.monotonic() < deadline, "neither blocked nor done"
            time.sleep(0.01)

    def ends(self) -> None:
        """Wait for it."""
        self._thread.join(_DEADLINE_S)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with self._database.transaction() as uow:
                self._work(uow)
        except Exception as error:
            self.failure = error


def waits_for_a_lock(database: Database) -> bool:
    """Whether anybody at this database does."""
    with database.transaction() as uow:
        return bool(uow.session.scalar(_BLOCKED))


def beside(
    database: Database,
    first: Callable[[UnitOfWork], object],
    second: Callable[[UnitOfWork], object],
) -> Exception | None:
    """`first` is done and not committed when `second` sets out; what became of `second`."""
    rival = Rival(database, second)
    with database.transaction() as uow:
        first(uow)
        uow.session.flush()
        rival.start()
    rival.ends()
    return rival.failure


def side_by_side(*jobs: Callable[[], object]) -> list[BaseException]:
    """Run the jobs in threads that set out in the same moment; what went wrong in them."""
    start, failures = threading.Barrier(len(jobs)), list[BaseException]()

    def run(job: Callable[[], object]) -> None:
        start.wait()
        try:
            job()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures

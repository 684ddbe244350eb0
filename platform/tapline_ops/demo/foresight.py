"""Learning and asking in the background, at low priority, as the house is shown."""

from sqlalchemy.exc import OperationalError

from tapline import faults
from tapline.uow import Database
from tapline_ops.datafolder import DataFolder
from tapline_ops.provision import DEMO
from tapline_ops.supervisor import Process, Supervisor

_SITES, _DAYS = "24", "300"
"""Small: the figures of a real model are in the benchmarks."""
_TRIES = 8


class Foresight:
    """Trains a model where there is none, then asks it about every device.

    What is next is read from the database, so that a step that was killed is made again.
    """

    def __init__(self, folder: DataFolder, supervisor: Supervisor, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._environment = supervisor.environment()
        self._running: Process | None = None
        self._tries = _TRIES

    def look(self) -> str | None:
        """Go on to the next step when the last has ended; what begins, if anything does."""
        if self._running is not None and self._running.alive():
            return None
        step = self._next() if self._tries else None
        if step is None:
            return None
        self._tries -= 1
        options = ["--tenant", DEMO, "--data-dir", str(self._folder.path)]
        size = ["--sites", _SITES, "--days", _DAYS] if step == "train" else []
        self._running = Process(
            f"foresight-{step}", [step, *options, *size], self._folder, self._environment
        )
        self._running.start()
        return "learning to foresee faults, in the background" if step == "train" else None

    def stop(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.stop(patience_s=2)

    def _next(self) -> str | None:
        try:
            with self._database.transaction() as uow:
                if not faults.models.listed(uow, tenant_id=DEMO):
                    return "train"
                if not faults.predictions_of(uow, tenant_id=DEMO):
                    return "score"
        except OperationalError:
            return None  # the database starts again: at the next look
        self._tries = 0  # it has spoken
        return None

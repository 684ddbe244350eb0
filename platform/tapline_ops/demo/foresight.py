"""Learning and asking in the background, at low priority, as the house is shown."""

from tapline import faults
from tapline.uow import Database
from tapline_ops.datafolder import DataFolder
from tapline_ops.provision import DEMO
from tapline_ops.supervisor import Process, Supervisor

_SITES, _DAYS = "24", "300"
"""Small: the figures of a real model are in the benchmarks."""


class Foresight:
    """Trains a model where there is none, then asks it about every device, once."""

    def __init__(self, folder: DataFolder, supervisor: Supervisor, database: Database) -> None:
        options = ["--tenant", DEMO, "--data-dir", str(folder.path)]
        commands = [["score", *options]]
        with database.transaction() as uow:
            if not faults.models.listed(uow, tenant_id=DEMO):
                size = ["--sites", _SITES, "--days", _DAYS]
                commands.insert(0, ["train", *options, *size])
        environment = supervisor.environment()
        self._waiting = [
            Process(f"foresight-{command[0]}", command, folder, environment) for command in commands
        ]
        self._running: Process | None = None

    def look(self) -> str | None:
        """Go on to the next step when the last has ended; what begins, if anything does."""
        if self._running is not None and self._running.alive():
            return None
        self._running = self._waiting.pop(0) if self._waiting else None
        if self._running is None:
            return None
        self._running.start()
        return "learning to foresee faults, in the background" if self._waiting else None

    def stop(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.stop(patience_s=2)

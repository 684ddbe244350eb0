"""Where things are measured: a server of our own, a broker of our own, and what machine it is."""

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.broker import open_broker
from benchmarks.hardware import processor
from tapline import migrations
from tapline.uow import Database
from tapline_ops.connection import connect
from tapline_ops.embedded.ports import LOOPBACK
from tapline_ops.embedded.postgres import EmbeddedPostgres


@contextmanager
def database() -> Iterator[Database]:
    """A database with the present schema, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tapline-bench-"))
    folder.chmod(0o711)  # as root the server is another user, who must pass
    postgres = EmbeddedPostgres(folder / "postgres")
    try:
        postgres.start()
        made = connect(postgres.url)
        migrations.upgrade(made.engine)
        yield made
        made.close()
    finally:
        postgres.remove()
        shutil.rmtree(folder)


def machine(database: Database) -> str:
    """One line: cores, processor, load, versions."""
    with database.transaction() as uow:
        version = uow.session.connection().exec_driver_sql("show server_version").scalar_one()
    # What else runs here is measured too: beyond the number of cores the figures say little.
    load = os.getloadavg()[0]
    python = platform.python_version()
    return f"{processor()}, load average {load:.1f}; PostgreSQL {version}; Python {python}."


__all__ = ["LOOPBACK", "database", "machine", "open_broker"]

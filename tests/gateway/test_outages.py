"""A site that is cut off, and a broker that is started anew, told apart on a real broker."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import select

from tapline import clock, devices, outages, people
from tapline.devices import Presence
from tapline.devices.credentials import Door, own_door
from tapline.notices import Notice
from tapline.outages import Incident, hearing
from tapline.people import Role
from tapline.tickets import Ticket
from tapline.uow import UnitOfWork
from tapline_ops.embedded import mosquitto, passwords
from tests import factories
from tests.factories import VAULT
from tests.gateway.conftest import Bench
from tests.gateway.fake_platform import until
from tests.integration.consequences import drain

NAMES: Final = tuple(f"CUT-{number:02d}" for number in range(12))
MORNING: Final = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
MANAGER: Final = "13600000001"


class Machine:
    """Says that it is there, and leaves a will; after a break it connects again by itself."""

    def __init__(self, name: str, key: bytes, password: str, port: int) -> None:
        self._topic, self._key = f"tl1/demo/{name}/st", key
        self._name, self._password, self._port = name, password, port
        self._conn = 0
        self._client: Client | None = None
        self.connect()

    def connect(self) -> None:
        self._conn += 1
        client = Client(CallbackAPIVersion.VERSION2, client_id=self._name, clean_session=False)
        client.username_pw_set(self._name, self._password)
        client.will_set(self._topic, self._said("lost"), qos=1, retain=True)
        client.connect("127.0.0.1", self._port, keepalive=30)
        client.loop_start()
        client.publish(self._topic, self._said("online"), qos=1, retain=True).wait_for_publish(10)
        self._client = client

    def cut(self) -> None:
        """The cable is pulled."""
        assert self._client is not None
        self._client.loop_stop()
        socket = self._client.socket()
        if socket is not None:
            socket.close()

    def _said(self, state: str) -> bytes:
        ts = clock.now().isoformat(timespec="milliseconds")
        body = {"v": 1, "s": state, "boot": 1, "conn": self._conn, "ts": ts}
        text = json.dumps(body).encode()
        mac = hmac.new(self._key, self._topic.encode() + b"\n" + text, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).rstrip(b"=") + b"." + text


Site = list[Machine]


@pytest.fixture
def site(running: Bench, broker_folder: Path) -> Iterator[Site]:
    """Twelve machines of one site that are online, at a moment that tests move."""
    with clock.frozen(MORNING):
        doors: dict[str, Door] = {}
        with running.database.transaction() as uow:
            site_id = _site(uow)
            made = {name: _registered(uow, name, site_id) for name in NAMES}
            doors = {
                name: own_door(name, ["demo"], [one.device.mqtt_password_hash])
                for name, one in made.items()
            }
        mosquitto.admit(broker_folder, doors)
        port = running.broker.ports.device
        machines = [Machine(n, one.key, one.mqtt_password, port) for n, one in made.items()]
        until(lambda: _presences(running) == {Presence.ONLINE})
        pass_time(running, 5)
        yield machines
        for machine in machines:
            machine.cut()


@pytest.mark.req("C39")
def test_a_site_cut_off_is_one_incident_one_case_and_one_word_to_its_manager(
    running: Bench, site: Site
) -> None:
    for machine in site:
        machine.cut()
    until(lambda: _presences(running) == {Presence.LOST})
    pass_time(running, 60)

    with running.database.transaction() as uow:
        (incident,) = uow.session.scalars(select(Incident))
        (ticket,) = uow.session.scalars(select(Ticket))
        (text,) = uow.session.scalars(select(Notice))
        assert (incident.machines, incident.machines_all) == (12, 12)
        assert ticket.category == "site_dark"
        assert (text.recipient, "12/12" in text.text) == (MANAGER, True)

    for machine in site:
        machine.connect()
    until(lambda: _presences(running) == {Presence.ONLINE})
    pass_time(running, 1)
    with running.database.transaction() as uow:
        assert uow.session.scalars(select(Incident)).one().ended_at is not None
        assert outages.open_now(uow, tenant_id="demo") == []


@pytest.mark.req("C39")
def test_a_broker_started_anew_darkens_nobody(running: Bench, site: Site) -> None:
    running.broker.stop()
    running.broker.start()
    until(lambda: _listening_since(running) > 1)
    pass_time(running, 4)
    for machine in site:
        machine.cut()
        machine.connect()
    until(lambda: _presences(running) == {Presence.ONLINE})
    pass_time(running, 30)

    with running.database.transaction() as uow:
        assert outages.open_now(uow, tenant_id="demo") == []
        for table in (Incident, Ticket, Notice):
            assert uow.session.scalars(select(table)).all() == []


def pass_time(bench: Bench, minutes: float) -> None:
    """What the gateway says of itself by its own clock is said here by the frozen one."""
    for _ in range(round(minutes * 2)):
        clock.advance(timedelta(seconds=30))
        with bench.database.transaction() as uow:
            hearing.note(uow, listener=hearing.GATEWAY)
            outages.watch(uow, tenant_id="demo")
            drain(uow)


def _presences(bench: Bench) -> set[Presence]:
    with bench.database.transaction() as uow:
        return {one.presence for one in devices.listed(uow, tenant_id="demo")}


def _listening_since(bench: Bench) -> int:
    with bench.database.transaction() as uow:
        rows = select(hearing.Hearing).where(hearing.Hearing.listener == hearing.GATEWAY)
        return len(uow.session.scalars(rows).all())


def _registered(uow: UnitOfWork, name: str, site_id: UUID) -> devices.Provisioned:
    hashed: Callable[[str], str] = passwords.hashed
    return devices.register(
        uow,
        vault=VAULT,
        hash_password=hashed,
        tenant_id="demo",
        device_id=name,
        site_id=site_id,
    )


def _site(uow: UnitOfWork) -> UUID:
    made = factories.site(uow)
    people.create_staff(
        uow,
        tenant_id="demo",
        login="wuye",
        name="周物业",
        role=Role.MANAGER,
        site_ids=[made.site_id],
        phone=MANAGER,
    )
    return made.site_id

"""Firmware over a real broker, to simulated machines that fetch, verify, try and keep it."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest
import uvicorn
from sqlalchemy import text

from tapline import devices, people, policy, rollouts, tickets
from tapline.devices import credentials
from tapline.people import Role, Staff
from tapline.rollouts import MemberState, RolloutState, images, steps
from tapline.rollouts.images import Manifest, Trust
from tapline.uow import UnitOfWork
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_ops.embedded import mosquitto, passwords
from tapline_ops.transact import transact
from tapline_sim.images import Traits, build
from tapline_sim.scenario import CardSpec, ClockFault, DeviceSpec, PlanSpec, Scenario
from tests.factories import VAULT, card
from tests.gateway import fleets
from tests.gateway.conftest import Bench
from tests.gateway.fake_platform import until
from tests.gateway.fleets import NOTHING, accepts
from tests.integration.consequences import drain
from tests.unit.sim.firmware import KEY, PUBLIC

MACHINES = 5
QUICK = {
    "rollout_soak_s": 0,
    "rollout_pours_min": 5,
    "rollout_ring_percent": 100,
    "rollout_chance_ppm": 10_000,
    "automatic_per_card_30d_max": 1000,
}


class House(NamedTuple):
    """Everything that runs, and two people who decide."""

    bench: Bench
    origin: str
    boss: Staff
    second: Staff

    def upload(self, version: str, **traits: bool) -> UUID:
        """An image of 60 KB, signed and sent in."""
        content = build(Traits(**traits), size=60_000) + version.encode()
        manifest = Manifest(
            version=version,
            hw=("RO-50",),
            counter=1,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        with self.bench.database.transaction() as uow:
            return images.upload(
                uow,
                trust=Trust((PUBLIC,)),
                tenant_id="demo",
                name=f"{version}.bin",
                content=content,
                signed=images.sign(manifest, KEY),
                notes="",
                actor="boss",
            ).image_id

    def start(self, image_id: UUID) -> UUID:
        """A rollout that two people started."""
        with self.bench.database.transaction() as uow:
            made = rollouts.propose(
                uow, staff=self.boss, image_id=image_id, hw="RO-50", reason="test"
            )
            rollouts.approve(uow, staff=self.second, rollout_id=made.rollout_id)
            return made.rollout_id

    def state(self, rollout_id: UUID) -> RolloutState:
        with self.bench.database.transaction() as uow:
            return rollouts.get(uow, tenant_id="demo", rollout_id=rollout_id).state

    def members(self, rollout_id: UUID) -> dict[str, MemberState]:
        with self.bench.database.transaction() as uow:
            seen = rollouts.view(uow, tenant_id="demo", rollout_id=rollout_id)
            return {one.member.device_id: one.member.state for one in seen.machines}

    def versions(self) -> dict[str, str]:
        """What each machine said last that it runs."""
        with self.bench.database.transaction() as uow:
            found = devices.listed(uow, tenant_id="demo")
            return {one.device_id: (one.hello or {}).get("fw", "") for one in found}


@pytest.fixture
def house(running: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Gateway, pages and worker over one database; the worker looks without a pause."""
    monkeypatch.setattr(steps, "_LOOK_EVERY", steps._LOOK_EVERY * 0)
    with running.database.transaction() as uow:
        policy.publish(uow, tenant_id="demo", changes=QUICK, actor="t", reason="t")
        boss, second = (
            people.create_staff(uow, tenant_id="demo", login=login, name="x", role=Role.SUPERVISOR)[
                0
            ]
            for login in ("boss", "second")
        )
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    app = create_app(running.database, WebConfig(origin=origin))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.run),
        threading.Thread(target=_work, args=(running, origin, stop)),
    ]
    for thread in threads:
        thread.start()
    until(lambda: accepts(port))
    yield House(running, origin, boss, second)
    stop.set()
    server.should_exit = True
    for thread in threads:
        thread.join()


def _work(bench: Bench, origin: str, stop: threading.Event) -> None:
    """What workers and their clock do."""

    def sweep(uow: UnitOfWork) -> None:
        rollouts.sweep(uow, tenant_id="demo", origin=origin)

    while not stop.wait(0.1):
        transact(bench.database, drain)
        transact(bench.database, sweep)


@contextmanager
def selling(
    house: House, broker_folder: Path, folder: Path, name: str, count: int = MACHINES, **plan: Any
) -> Iterator[None]:
    """`count` machines that take firmware of the test's key, and sell all the while."""
    with house.bench.database.transaction() as uow:
        made = [
            devices.register(
                uow,
                vault=VAULT,
                hash_password=passwords.hashed,
                tenant_id="demo",
                device_id=f"{name}-{number}",
            )
            for number in range(count)
        ]
        numbers = [card(uow, f"{name}{number:04}", 100_000).card_no for number in range(40)]
        doors = credentials.doors(uow)
    mosquitto.admit(broker_folder, doors)
    scenario: Scenario = fleets.build(house.bench.broker.ports.device, name, devices=count)
    scenario = msgspec.structs.replace(
        scenario,
        pace_s=0.1,
        devices=tuple(
            DeviceSpec(
                device_id=one.device.device_id,
                key_hex=one.key.hex(),
                password=one.mqtt_password,
                nozzles=8,
                flow_ml_s=900,
            )
            for one in made
        ),
        cards=tuple(CardSpec(no=number, balance_fen=100_000) for number in numbers),
        plan=PlanSpec(rates=NOTHING, **plan),
        firmware_keys=(PUBLIC,),
    )
    with fleets.running(scenario, folder, threading.Event()) as result:
        until(lambda: result.done() or len(house.versions()) == count)
        yield


def test_a_good_image_reaches_every_machine_and_one_without_water_stops_at_the_first(
    house: House, broker_folder: Path, tmp_path: Path
) -> None:
    with selling(house, broker_folder, tmp_path, "FW"):
        good = house.start(house.upload("2.5.0"))
        until(lambda: house.state(good) is not RolloutState.RUNNING, 240)
        assert house.state(good) is RolloutState.DONE
        assert set(house.versions().values()) == {"2.5.0"}

        bad = house.start(house.upload("2.6.0", dry=True))
        until(lambda: house.state(bad) is not RolloutState.RUNNING, 240)
        assert house.state(bad) is RolloutState.PAUSED
        assert sorted(house.versions().values()) == ["2.5.0"] * (MACHINES - 1) + ["2.6.0"]
        with house.bench.database.transaction() as uow:
            stopped = rollouts.get(uow, tenant_id="demo", rollout_id=bad)
            before = rollouts.get(uow, tenant_id="demo", rollout_id=good)
            assert stopped.paused_why is not None
            assert (stopped.paused_why["rule"], stopped.paused_why["code"]) == ("rate", "D01")
            back = rollouts.roll_back(
                uow,
                staff=house.boss,
                rollout_id=bad,
                image_id=before.image_id,
                reason="no water",
            ).rollout_id
        until(lambda: set(house.versions().values()) == {"2.5.0"}, 120)
        until(lambda: house.state(back) is RolloutState.DONE, 120)
        with house.bench.database.transaction() as uow:
            cases = tickets.listed(uow, tenant_id="demo")
            assert [one.facts["rule"] for one in cases if one.category == "rollout_stopped"] == [
                "rate"
            ]


@pytest.mark.parametrize("flaw", ["boots", "selftest"])
def test_a_machine_falls_back_by_itself_from_an_image_that_does_not_run(
    house: House, broker_folder: Path, tmp_path: Path, flaw: str
) -> None:
    with house.bench.database.transaction() as uow:
        changes = QUICK | {"rollout_attempts_max": 1}
        policy.publish(uow, tenant_id="demo", changes=changes, actor="t", reason="t")
    with selling(house, broker_folder, tmp_path, flaw.upper(), 1):
        bad = house.start(house.upload("2.7.0", **{flaw: False}))
        until(lambda: set(house.members(bad).values()) == {MemberState.FAILED}, 240)
        until(lambda: set(house.versions().values()) == {"2.4.1"})
        with house.bench.database.transaction() as uow:
            (machine,) = rollouts.view(uow, tenant_id="demo", rollout_id=bad).machines
            assert machine.job is not None
            assert machine.job.rc == (8 if flaw == "boots" else 7)


def test_a_clock_that_is_hours_off_is_right_once_it_has_asked_for_the_time(
    house: House, broker_folder: Path, tmp_path: Path
) -> None:
    clocks = {"CLK-0": ClockFault(offset_s=7200)}
    with selling(house, broker_folder, tmp_path, "CLK", 1, clocks=clocks):
        # What it pours before the first answer is still told by its own clock.
        until(lambda: _facts(house) - _facts(house, wrong=True) >= 3, 120)


def _facts(house: House, *, wrong: bool = False) -> int:

    off = " and abs(extract(epoch from moment - received_at)) > 300" if wrong else ""
    with house.bench.database.transaction() as uow:
        count = uow.session.scalar(text(f"select count(*) from fact where op = 'debit'{off}"))
    return int(count or 0)

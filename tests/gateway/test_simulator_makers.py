"""Simulated machines of other makers, each in its language, against the real platform."""

import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import text

from tapline.devices import holds, vendors
from tapline.water import stops
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_gateway.vendors import CLOUDS, Register
from tapline_gateway.vendors.logins import login_code
from tapline_gateway.vendors.pushes import take_pushes
from tapline_gateway.vendors.tcp import FrameServer, Limits
from tapline_ops import enrolment
from tapline_sim import fleet
from tapline_sim.scenario import (
    Address,
    Broker,
    CardSpec,
    CloudSpec,
    DeviceSpec,
    Memory,
    PlanSpec,
    Scenario,
    Tariff,
)
from tests.factories import VAULT, card
from tests.gateway.conftest import Bench
from tests.gateway.fake_platform import until
from tests.gateway.fleets import NOTHING, accepts, assert_truth_adds_up, truth_of
from tests.gateway.foreign import dead, progress, registered, told

MACHINE = "000024010007"


@pytest.fixture
def tcp(bench: Bench) -> Iterator[FrameServer]:
    """Where Tieshan machines connect."""
    server = FrameServer(bench.database, VAULT, host="127.0.0.1", port=0, limits=Limits())
    stop = threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    yield server
    stop.set()
    thread.join()


@pytest.fixture
def cloud(bench: Bench) -> Iterator[CloudSpec]:
    """Where the Yunshui cloud pushes to, and whoever handles what it pushed."""
    with bench.database.transaction() as uow:
        secret = vendors.open_account(
            uow, vault=VAULT, tenant_id="demo", vendor="yunshui", actor="test"
        )
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    app = create_app(bench.database, WebConfig(origin=origin), clouds=CLOUDS, vault=VAULT)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.run),
        threading.Thread(target=_handle, args=(bench, stop)),
    ]
    for thread in threads:
        thread.start()
    until(lambda: accepts(port))
    yield CloudSpec(f"{origin}/api/v1/vendors/yunshui/demo/pushes", secret.hex())
    server.should_exit = True
    stop.set()
    for thread in threads:
        thread.join()


def _handle(bench: Bench, stop: threading.Event) -> None:
    register = Register(bench.database)
    while not stop.wait(0.05):
        take_pushes(bench.database, VAULT, register)


@pytest.mark.req("C35")
def test_every_makers_machines_sell_and_every_pour_is_posted_once(
    running: Bench, broker_folder: Path, tcp: FrameServer, cloud: CloudSpec, tmp_path: Path
) -> None:
    registered(running.database, "yunshui", "YS-7781", "WD-YS-1")
    machines = machines_of(running, broker_folder)
    with running.database.transaction() as uow:
        cards = [card(uow, f"7700{n:04}", 10_000).card_no for n in range(12)]
    behind_a_cloud = DeviceSpec(
        device_id="WD-YS-1", maker="yunshui", foreign_id="YS-7781", nozzles=8, flow_ml_s=900
    )
    scenario = scenario_of(running, tcp, (*machines, behind_a_cloud), cards, cloud)
    with fleet.running(
        scenario, state_dir=tmp_path / "state", truth_dir=tmp_path / "truth"
    ) as report:
        until(lambda: min(posted(running).values(), default=0) >= 2 and len(posted(running)) == 3)
    assert report.result().drained
    told = truth_of(tmp_path)["pour"]
    until(lambda: sum(posted(running).values()) == len(told))
    assert_truth_adds_up(tmp_path)
    for no in cards:
        drawn = sum(pour["charged_fen"] for pour in told if pour["card"] == no)
        assert running.balance_fen(no) == 10_000 - drawn
    assert dead(running.database) == []


def machines_of(bench: Bench, broker_folder: Path) -> tuple[DeviceSpec, DeviceSpec]:
    """A machine on topics of its own and one over TCP, registered and let in."""
    sn = f"LJ-{secrets.token_hex(4)}"
    lanjing = registered(bench.database, "lanjing", sn, "WD-LJ-1")
    tieshan = registered(bench.database, "tieshan", MACHINE, "WD-TS-1")
    enrolment.admit_all(bench.database, broker_folder)
    return (
        DeviceSpec(
            device_id="WD-LJ-1",
            maker="lanjing",
            foreign_id=sn,
            password=lanjing.mqtt_password,
            memory=Memory(seq=1000),
            nozzles=8,
            flow_ml_s=900,
        ),
        DeviceSpec(
            device_id="WD-TS-1",
            maker="tieshan",
            foreign_id=MACHINE,
            password=login_code(tieshan.key, "tieshan"),
            memory=Memory(seq=1000),
            nozzles=8,
            flow_ml_s=900,
        ),
    )


def scenario_of(
    bench: Bench,
    tcp: FrameServer,
    machines: Sequence[DeviceSpec],
    cards: Sequence[str],
    cloud: CloudSpec | None = None,
) -> Scenario:
    return Scenario(
        tenant="demo",
        mqtt=Broker("127.0.0.1", bench.broker.ports.device),
        tieshan=Address("127.0.0.1", tcp.port),
        yunshui=cloud,
        seed=7,
        pace_s=0.4,
        devices=tuple(machines),
        cards=tuple(CardSpec(no=no, balance_fen=10_000) for no in cards),
        plan=PlanSpec(rates=NOTHING),
        tariff=Tariff(amounts_fen=(30, 50)),
    )


@pytest.mark.req("C35", "U1")
def test_makers_machines_stop_for_unsafe_water_stay_stopped_through_a_restart_and_sell_again(
    running: Bench, broker_folder: Path, tcp: FrameServer, tmp_path: Path
) -> None:
    machines = machines_of(running, broker_folder)
    names = [one.device_id for one in machines]
    with running.database.transaction() as uow:
        cards = [card(uow, f"7700{n:04}", 10_000).card_no for n in range(8)]
    scenario = scenario_of(running, tcp, machines, cards)
    state, truth = tmp_path / "state", tmp_path / "truth"
    with fleet.running(scenario, state_dir=state, truth_dir=truth):
        until(lambda: len(posted(running)) == 2)
        _stop(running, names)
        until(lambda: _stopped(running) == set(names))
        _obeyed(running, names, "reboot")
        until(lambda: _reboots(tmp_path) == 2)

    sold = len(truth_of(tmp_path)["pour"])
    with fleet.running(scenario, state_dir=state, truth_dir=truth):
        _obeyed(running, names, "reboot")
        until(lambda: _reboots(tmp_path) == 4)
        assert len(truth_of(tmp_path)["pour"]) == sold, "nothing was sold since"
        with running.database.transaction() as uow:
            for name in names:
                holds.lift(uow, tenant_id="demo", device_id=name, cause="water")
        _obeyed(running, names, "resume_sale")
        until(lambda: len(truth_of(tmp_path)["pour"]) > sold)
    assert dead(running.database) == []


def _stop(bench: Bench, names: Sequence[str]) -> None:
    with bench.database.transaction() as uow:
        for name in names:
            stops.stop(
                uow,
                tenant_id="demo",
                device_id=name,
                cause=stops.StopCause.HAND,
                evidence={"words": "smells"},
            )


def _reboots(folder: Path) -> int:
    return sum(one["event"] == "reboot" for one in truth_of(folder)["device"])


def _stopped(bench: Bench) -> set[str]:
    """Those that said that they have stopped for their water."""
    with bench.database.transaction() as uow:
        standing = stops.standing(uow, tenant_id="demo")
        return {one.stop.device_id for one in standing if one.is_confirmed}


def _obeyed(bench: Bench, names: Sequence[str], op: str) -> None:
    """Tell each, and wait until all have done it."""
    sent = [told(bench.database, name, op) for name in names]
    until(lambda: all(progress(bench.database, one) == ("done", 0) for one in sent))


def posted(bench: Bench) -> dict[str, int]:
    with bench.database.engine.connect() as connection:
        rows = connection.execute(text("select device_id, count(*) from fact group by 1"))
        return dict(rows.all())

"""Whatever the line and the machines do, the real platform has every fact once and nothing else."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from tapline import devices, reconciliation
from tapline_gateway.gateway import Gateway
from tapline_gateway.link import MqttConfig
from tapline_sim import fleet
from tapline_sim.scenario import (
    Broker,
    CardSpec,
    ClockFault,
    DeviceSpec,
    PlanSpec,
    RebootLoop,
    Scenario,
    Tariff,
    WeatherSpec,
)
from tests.factories import VAULT, card
from tests.gateway.conftest import Bench
from tests.gateway.fake_platform import FakePlatform, until
from tests.gateway.fleets import NOTHING, assert_truth_adds_up, build, platform_for, truth_of
from tests.gateway.foreign import dead
from tests.integration.consequences import drain

BAD = WeatherSpec(
    twice=0.06, late=0.05, overtaken=0.06, lost=0.04, replayed=0.08, forged=0.06, late_s=3.0
)


@pytest.fixture
def open_gateway(bench: Bench, port: int) -> Iterator[Bench]:
    """The real gateway on a broker that lets everybody in: only signatures tell who speaks."""
    config = MqttConfig(
        host="127.0.0.1",
        port=port,
        username="gateway",
        password="",
        client_id=f"gateway-{time.monotonic_ns()}",
    )
    stop = threading.Event()
    thread = threading.Thread(target=Gateway(bench.database, config, VAULT).run, args=(stop,))
    thread.start()
    yield bench
    stop.set()
    thread.join()


FULL = {"twice", "late", "overtaken", "lost", "replayed", "forged", "power_cut"}


def estate(bench: Bench, port: int, plan: PlanSpec, *, count: int = 4) -> Scenario:
    """Quick machines and rich cards, both known to the platform."""
    with bench.database.transaction() as uow:
        made = [
            devices.register(
                uow,
                vault=VAULT,
                hash_password=str,
                tenant_id="demo",
                device_id=f"WD-{number:04}",
            )
            for number in range(count)
        ]
        cards = [card(uow, f"7700{number:04}", 10_000).card_no for number in range(24)]
    return Scenario(
        tenant="demo",
        mqtt=Broker("127.0.0.1", port),
        seed=11,
        pace_s=0.4,
        telemetry_every_s=1.0,
        devices=tuple(
            DeviceSpec(
                device_id=one.device.device_id,
                key_hex=one.key.hex(),
                mqtt_version=5 if place % 2 else 4,
                nozzles=8,
                flow_ml_s=900,
            )
            for place, one in enumerate(made)
        ),
        cards=tuple(CardSpec(no=no, balance_fen=10_000) for no in cards),
        plan=plan,
        tariff=Tariff(amounts_fen=(30, 50)),
    )


def stored(bench: Bench) -> Counter[tuple[str, int]]:
    with bench.database.engine.connect() as connection:
        rows = connection.execute(text("select device_id, seq from fact"))
        return Counter((row.device_id, row.seq) for row in rows)


def test_on_a_bad_line_no_fact_is_lost_doubled_or_forged(
    open_gateway: Bench, port: int, tmp_path: Path
) -> None:
    plan = PlanSpec(rates=NOTHING, weather=BAD, weather_down=BAD, power_cuts=0.08)
    scenario = estate(open_gateway, port, plan)
    with fleet.running(
        scenario, state_dir=tmp_path / "state", truth_dir=tmp_path / "truth"
    ) as report:
        until(lambda: stored(open_gateway).total() >= 40 and troubles(tmp_path) >= FULL, 90)
        until(lambda: troubles(tmp_path, way="dn") >= FULL - {"power_cut"}, 90)
    assert report.result().drained
    assert report.result().refused_frames > 0, "what was forged on its way down"
    told = truth_of(tmp_path)
    assert stored(open_gateway) == Counter((p["device"], p["seq"]) for p in told["pour"])
    assert_truth_adds_up(tmp_path)
    for one in scenario.cards:
        drawn = sum(pour["charged_fen"] for pour in told["pour"] if pour["card"] == one.no)
        assert open_gateway.balance_fen(one.no) == 10_000 - drawn
    assert {letter.code for letter in dead(open_gateway.database)} == {"unsigned"}
    cuts = [line for line in told["device"] if line["event"] == "power_cut"]
    assert len(cuts) == statuses(open_gateway)["power_loss"]


def troubles(folder: Path, way: str = "up") -> set[str]:
    told = truth_of(folder)
    events = {line["event"] for line in told.get("device", [])} & {"power_cut"}
    frames = [line for line in told.get("frame", []) if f"/{way}/" in line["topic"]]
    return {line["trouble"] for line in frames} | events


def statuses(bench: Bench) -> dict[str, int]:
    with bench.database.engine.connect() as connection:
        rows = connection.execute(text("select status, count(*) from fact group by 1"))
        return dict(rows.all())


def test_what_befalls_whole_machines_happens_and_is_told(port: int, tmp_path: Path) -> None:
    plan = PlanSpec(
        rates=NOTHING,
        clocks={
            "ODD-0": ClockFault(offset_s=7200, deaf=True),
            "ODD-1": ClockFault(jump_s=-7200, jumps_s=(2.0,)),
        },
        reboots={"ODD-2": RebootLoop(from_s=1.0, times=2, every_s=6.0)},
        rollbacks={"ODD-3": 4.0},
        clones={"ODD-4": 3.0},
    )
    scenario = build(port, "ODD", devices=6)
    *others, last = scenario.devices
    full = replace(last, facts_max=3)
    scenario = replace(scenario, devices=(*others, full), plan=plan)
    with platform_for(scenario) as platform:
        platform.silent_to.add("ODD-5")
        with fleet.running(
            scenario, state_dir=tmp_path / "state", truth_dir=tmp_path / "truth"
        ) as report:
            happened = {"reboot", "rolled_back", "cloned", "full"}
            until(lambda: happened <= befallen(tmp_path))
            until(lambda: {d for d, _ in platform.conflicts} == {"ODD-3", "ODD-4"}, 90)
            until(lambda: wrong_times(tmp_path) == {"ODD-0", "ODD-1"})
            until(lambda: boots(platform, "ODD-2") >= {1, 2, 3})
            assert platform.facts["ODD-5"].keys() == {1, 2, 3}, "full: it sells no more"
            platform.silent_to.clear()
            until(lambda: len(platform.facts["ODD-5"]) > 3)
    assert report.done()
    reasons = {hello.boot_reason for device, hello in platform.hellos if device == "ODD-2"}
    assert reasons == {"power", "watchdog"}


def befallen(folder: Path) -> set[str]:
    return {line["event"] for line in truth_of(folder).get("device", [])}


def wrong_times(folder: Path) -> set[str]:
    """Whose clocks the truth says were wrong while they sold."""
    told = truth_of(folder).get("inject", [])
    return {line["device"] for line in told if line["code"] == "D20"}


def boots(platform: FakePlatform, device_id: str) -> set[int]:
    return {hello.boot for device, hello in list(platform.hellos) if device == device_id}


def test_an_old_firmware_measures_in_units_of_its_own(port: int, tmp_path: Path) -> None:
    scenario = build(port, "UNIT", devices=1)
    old = replace(scenario.devices[0], fw="1.9.3")
    scenario = replace(scenario, devices=(old,))
    with platform_for(scenario) as platform:
        with fleet.running(scenario, state_dir=tmp_path / "state"):
            until(lambda: platform.readings != [])
        said = platform.readings[0]
    assert {"p_in_bar_x100", "flow_l_h", "temp_f_x10"} <= said.keys()
    assert not {"p_in_kpa", "flow_ml_s", "temp_c_x10"} & said.keys()


def test_the_platform_finds_wrong_clocks_memories_put_back_and_power_cuts(
    open_gateway: Bench, port: int, tmp_path: Path
) -> None:
    plan = PlanSpec(
        rates=NOTHING,
        clocks={"WD-0000": ClockFault(offset_s=7200, deaf=True)},
        rollbacks={"WD-0001": 5.0},
        power_cuts=0.1,
    )
    scenario = estate(open_gateway, port, plan, count=3)

    def reused() -> set[str]:
        """Whose numbers came again with other content."""
        with open_gateway.database.engine.connect() as connection:
            query = "select device_id from fact group by device_id, seq having count(*) > 1"
            return set(connection.execute(text(query)).scalars())

    with fleet.running(scenario, state_dir=tmp_path / "state", truth_dir=tmp_path / "truth"):
        until(lambda: "WD-0001" in reused() and "power_cut" in befallen(tmp_path), 90)
        until(lambda: "WD-0000" in wrong_times(tmp_path))
    told = truth_of(tmp_path)
    cut = {line["device"] for line in told["device"] if line["event"] == "power_cut"}
    with open_gateway.database.transaction() as uow:
        drain(uow)
        reconciliation.sweep_meters(uow, tenant_id="demo")
        drain(uow)
        found = {(one.code, one.device_id) for one in reconciliation.listed(uow, tenant_id="demo")}
    assert {("D20", "WD-0000"), ("D05", "WD-0001")} <= found
    assert {("D02", device) for device in cut} <= found
    assert ("D20", "WD-0002") not in found

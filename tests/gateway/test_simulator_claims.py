"""Simulated dispensers get keys of their own, and others later, from the real platform."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from tapline import devices
from tapline.devices import credentials, provisioning
from tapline_ops import enrolment
from tapline_sim import fleet
from tapline_sim.scenario import Broker, CardSpec, ClaimSpec, DeviceSpec, PlanSpec, Scenario, Tariff
from tests.factories import VAULT, card
from tests.gateway.conftest import Bench
from tests.gateway.fake_platform import until
from tests.gateway.fleets import NOTHING, truth_of
from tests.gateway.foreign import dead

WHO = {"actor": "test", "reason": "test"}


@pytest.fixture
def admit(running: Bench, broker_folder: Path) -> Callable[[], None]:
    """What a worker does when credentials have changed."""
    return lambda: enrolment.admit_all(running.database, broker_folder)


def shipped(bench: Bench, serial: str) -> ClaimSpec:
    """The credential of a batch on whose shipment list the device stands."""
    listed = f"序列号,批次,型号,固件,公钥\r\n{serial},B7,RO-50,2.4.1,\r\n"
    with bench.database.transaction() as uow:
        provisioning.import_shipment(
            uow, tenant_id="demo", maker="蓝泉", content=listed.encode(), actor="test"
        )
        login = provisioning.open_batch(
            uow, vault=VAULT, tenant_id="demo", maker="蓝泉", batch="B7", days=30, actor="test"
        )
    return ClaimSpec(
        claim_id=login.batch.claim_id, key_hex=login.key.hex(), password=login.password
    )


def upto(bench: Bench, device_id: str) -> int:
    with bench.database.transaction() as uow:
        return devices.upto(uow, device_id=device_id, stream=devices.Stream.TXN)


def test_a_dispenser_claims_its_key_is_given_another_and_keeps_it_over_a_restart(
    running: Bench, admit: Callable[[], None], tmp_path: Path
) -> None:
    serial = f"LQ-{secrets.token_hex(4)}"
    claim = shipped(running, serial)
    admit()
    with running.database.transaction() as uow:
        cards = [card(uow, f"7700{n:04}", 10_000).card_no for n in range(8)]
    scenario = Scenario(
        tenant="demo",
        mqtt=Broker("127.0.0.1", running.broker.ports.device),
        seed=7,
        pace_s=0.4,
        claim=claim,
        devices=(DeviceSpec(device_id=serial, nozzles=8, flow_ml_s=900),),
        cards=tuple(CardSpec(no=no, balance_fen=10_000) for no in cards),
        plan=PlanSpec(rates=NOTHING),
        tariff=Tariff(amounts_fen=(30, 50)),
    )

    def posted(count: int) -> bool:
        admit()
        return upto(running, serial) >= count

    with fleet.running(scenario, state_dir=tmp_path / "state", truth_dir=tmp_path / "truth"):
        until(lambda: posted(2), 60)
        with running.database.transaction() as uow:
            credentials.rotate(uow, vault=VAULT, tenant_id="demo", device_id=serial, **WHO)
        until(lambda: "rekeyed" in events(tmp_path))
        seen = upto(running, serial)
        until(lambda: posted(seen + 2), 60)
    seen = upto(running, serial)
    with fleet.running(scenario, state_dir=tmp_path / "state", truth_dir=tmp_path / "truth") as end:
        until(lambda: posted(seen + 1), 60)
    assert end.result().drained
    assert events(tmp_path) == ["claimed", "rekeyed"]
    assert dead(running.database) == []


def events(folder: Path) -> list[str]:
    return [line["event"] for line in truth_of(folder).get("device", [])]

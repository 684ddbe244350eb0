from pathlib import Path

import msgspec
import pytest

from tapline_sim import stories
from tapline_sim.scenario import (
    Broker,
    CardSpec,
    DeviceSpec,
    Outage,
    PlanSpec,
    Scenario,
    ScenarioError,
)

DEVICE = DeviceSpec(device_id="WD-1", key_hex="ab" * 32, username="WD-1", password="secret")
WHOLE = Scenario(
    tenant="demo",
    mqtt=Broker("127.0.0.1", 1883),
    seed=7,
    devices=(DEVICE,),
    cards=(CardSpec(no="88001", balance_fen=10_000),),
    plan=PlanSpec(
        stuck_valves={"WD-1": 30.0},
        outages={"WD-1": Outage(5, 25)},
        late_pours={"88001": "WD-1"},
        spared=frozenset({"88001"}),
    ),
)


def test_a_scenario_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_bytes(msgspec.json.encode(WHOLE))
    assert stories.read(str(path)) == WHOLE


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('"key_hex":"ab', '"key_hex":"xy', "key_hex"),
        ('"seed":7', '"sead":7', "sead"),
        ('"WD-1":30.0', '"WD-2":30.0', "unknown devices: WD-2"),
        ('"WD-1":[5', '"WD-2":[5', "unknown devices: WD-2|without an outage: WD-1"),
        ('"WD-1":[5', '"WD-1":[55', "outage of WD-1 ends before it begins"),
        ('"88001":"WD-1"', '"88009":"WD-1"', "unknown cards: 88009"),
        ('"88001":"WD-1"', '"88001":"WD-2"', "without an outage: WD-2"),
        ('["88001"]', '["88009"]', "unknown cards: 88009"),
        ('"seed":7', '"seed":', "malformed|cannot be read"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    text = msgspec.json.encode(WHOLE).decode()
    assert right in text
    path = tmp_path / "scenario.json"
    path.write_text(text.replace(right, wrong))
    with pytest.raises(ScenarioError, match=told):
        stories.read(str(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot read"):
        stories.read(str(tmp_path / "nowhere.json"))


def test_the_price_decides_how_much_water_is_asked_for() -> None:
    assert [WHOLE.tariff.worth_ml(fen) for fen in WHOLE.tariff.amounts_fen] == [300, 500, 700]

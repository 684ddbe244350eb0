"""Scenario files: what they leave out is given by keys and command line; mistakes are named."""

import json
from pathlib import Path

import pytest

from tapline_sim import stories
from tapline_sim.scenario import Outage, ScenarioError
from tapline_sim.stories import Given

BROKER = "mqtt://127.0.0.1:1883"
STORY = """
tenant = "demo"
[fleet]
count = 3
fw = ["2.4.1", "1.9.3"]
[crowd]
count = 2
balance_fen = 500
[plan]
outages = { "#1" = [5.0, 9.0] }
late_pours = { "#0" = "#1" }
"""


def written(folder: Path, text: str = STORY) -> str:
    path = folder / "story.toml"
    path.write_text(text)
    return str(path)


def test_places_become_names_and_lists_are_dealt_out(tmp_path: Path) -> None:
    told = stories.read(written(tmp_path), Given(broker=BROKER, seed=4))
    assert [device.device_id for device in told.devices] == ["SIM-00001", "SIM-00002", "SIM-00003"]
    assert [device.fw for device in told.devices] == ["2.4.1", "1.9.3", "2.4.1"]
    assert told.plan.outages == {"SIM-00002": Outage(5, 9)}
    assert told.plan.late_pours == {"88000001": "SIM-00002"}
    assert (told.seed, told.mqtt.host, told.mqtt.port) == (4, "127.0.0.1", 1883)


def test_the_seed_makes_the_keys_where_nobody_gives_any(tmp_path: Path) -> None:
    path = written(tmp_path)
    one, again, other = (stories.read(path, Given(BROKER, seed=seed)) for seed in (1, 1, 2))
    assert one.devices == again.devices
    assert {device.key for device in one.devices}.isdisjoint({d.key for d in other.devices})


def test_keys_may_be_what_the_command_line_printed(tmp_path: Path) -> None:
    keys = tmp_path / "keys.jsonl"
    login = {"host": "h", "port": 1, "username": "WD-1", "password": "secret"}
    lines = [
        {"tenant": "north", "device_id": f"WD-{n}", "key_hex": f"{n}" * 64, "mqtt": login}
        for n in (1, 2, 3)
    ]
    keys.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    told = stories.read(written(tmp_path), Given(BROKER, keys=keys, devices=2))
    assert told.tenant == "north"
    assert [(d.device_id, d.password) for d in told.devices] == [
        ("WD-1", "secret"),
        ("WD-2", "secret"),
    ]


def test_an_address_brings_tls_and_a_login_for_all(tmp_path: Path) -> None:
    url = "mqtts://fleet:p%40ss@broker.example?ca=/etc/ca.pem"
    told = stories.read(written(tmp_path), Given(broker=url))
    assert told.mqtt.port == 8883
    assert told.mqtt.tls is not None
    assert told.mqtt.tls.ca_file == "/etc/ca.pem"
    assert {(d.username, d.password) for d in told.devices} == {("fleet", "p@ss")}


@pytest.mark.parametrize(
    ("text", "given", "told"),
    [
        (STORY.replace("balance_fen", "balance"), Given(BROKER), "balance"),
        (STORY, Given(), "mqtt"),
        (STORY, Given("http://x"), "mqtt://host:port"),
        (STORY.replace('"#1" = [', '"#7" = ['), Given(BROKER), "from #0 to #2"),
        ("tenant =", Given(BROKER), "cannot be read"),
        (STORY + "[plan.rates]\nD01 = 3\n", Given(BROKER), r"plan\.rates\.D01"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, text: str, given: Given, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        stories.read(written(tmp_path, text), given)


def test_more_dispensers_than_keys_is_a_mistake(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"devices": [{"device_id": "WD-1", "key_hex": "1" * 64}]}))
    with pytest.raises(ScenarioError, match="only 1 have keys"):
        stories.read(written(tmp_path), Given(BROKER, keys=keys))


@pytest.mark.parametrize("name", stories.shipped())
def test_every_scenario_that_comes_along_can_be_run(name: str) -> None:
    assert stories.read(name, Given(BROKER, devices=8)).devices


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ScenarioError, match="storm"):
        stories.read("calm")

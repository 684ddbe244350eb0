"""Over a real broker: what a machine failed to pour is given back, and said at the next tap."""

import secrets
import threading
from pathlib import Path

import pytest

from tapline_gateway.protocol import LoadAnswer, Message
from tests.gateway.conftest import CARD, Bench, Newcomer
from tests.gateway.fake_platform import FakePlatform, until
from tests.gateway.fleets import build, truth_of
from tests.gateway.fleets import running as running_fleet
from tests.gateway.stranger import pour
from tests.integration.consequences import drain


@pytest.mark.req("U8")
def test_a_pour_without_water_is_given_back_and_the_machine_says_so_at_the_next_tap(
    running: Bench, newcomer: Newcomer
) -> None:
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    device.hello()
    device.pour(pour(1, CARD, before=10_000, ml=0, pulses=0, status="no_flow"))
    device.released(1)
    with running.database.transaction() as uow:
        drain(uow)

    question = {"v": 1, "req": "r1", "card": CARD, "atc": 2, "bal": 9_900}
    answers = []
    for _ in range(2):
        device.say("up/load", question)
        answers.append(device.heard("dn/load", req="r1"))
    written = pour(2, CARD, before=9_900, op="load", ml=0, pulses=0, ml_req=None, bal_after=10_000)
    device.pour(written | {"load": answers[0]["load"]})
    device.released(2)
    device.say("up/load", question | {"req": "r2", "atc": 3, "bal": 10_000})

    assert answers[0] == answers[1]
    assert "1.00 元" in answers[0]["say"]
    assert "say" not in device.heard("dn/load", req="r2")


def test_a_simulated_machine_shows_what_it_is_told_to_say(port: int, tmp_path: Path) -> None:
    class Sorry(FakePlatform):
        def send(self, device_id: str, message: Message, *, key: bytes | None = None) -> None:
            if isinstance(message, LoadAnswer):
                message = LoadAnswer(req=message.req, load=message.load, say="已退回 1.00 元")
            super().send(device_id, message, key=key)

    scenario = build(port, "SORRY", devices=1)
    stop = threading.Event()
    keys = {device.device_id: device.key for device in scenario.devices}
    platform = Sorry(keys, scenario.mqtt.port, signing=keys)
    try:
        with running_fleet(scenario, tmp_path, stop):
            until(lambda: platform.upto("SORRY-0") >= 1)
    finally:
        platform.close()

    assert truth_of(tmp_path)["shown"][0]["text"] == "已退回 1.00 元"

"""Simulated machines do what they are told, once, and take over settings between customers."""

import threading
from pathlib import Path

from tapline_gateway.protocol import Command, CommandState, ConfigDesired
from tests.gateway.fake_platform import FakePlatform, in_a_minute, until
from tests.gateway.fleets import build, platform_for, running


def tell(platform: FakePlatform, device_id: str, op: str) -> None:
    """Send a command and wait until it is done."""
    platform.send(device_id, Command(cmd=op, op=op, exp=in_a_minute()))
    until(lambda: (op, CommandState.DONE) in platform.statuses)


def test_a_machine_that_was_stopped_sells_nothing_until_it_is_let_go_also_after_a_restart(
    port: int, tmp_path: Path
) -> None:
    scenario = build(port, "HALT", devices=1)
    stop = threading.Event()
    with platform_for(scenario) as platform, running(scenario, tmp_path, stop):
        until(lambda: platform.upto("HALT-0") >= 1)
        tell(platform, "HALT-0", "stop_sale")
        tell(platform, "HALT-0", "reboot")
        until(lambda: platform.hellos[-1][1].boot_reason == "command")
        assert platform.hellos[-1][1].boot == 2
        sold = platform.hellos[-1][1].seq_head
        tell(platform, "HALT-0", "selftest")
        assert max(platform.facts["HALT-0"]) <= sold

        tell(platform, "HALT-0", "resume_sale")
        until(lambda: platform.upto("HALT-0") > sold)
        assert all(fact.boot is None for fact in platform.facts["HALT-0"].values())


def test_a_machine_takes_over_what_it_can_says_so_and_sells_by_the_new_tariff(
    port: int, tmp_path: Path
) -> None:
    scenario = build(port, "SETS", devices=1)
    tariff = {"ver": 9, "fen_per_litre": 200}
    wanted = {"tele_s": 2, "brightness_percent": 300, "heat": 1, "tariff": tariff}
    stop = threading.Event()
    with platform_for(scenario) as platform, running(scenario, tmp_path, stop):
        until(lambda: platform.upto("SETS-0") >= 1)
        platform.send("SETS-0", ConfigDesired(ver=4, doc=wanted))
        until(lambda: platform.settings[-1].ver == 4)
        said = platform.settings[-1].doc
        assert (said["tele_s"], said["tariff"]) == (2, tariff)
        assert not {"brightness_percent", "heat"} & said.keys()
        until(lambda: any(fact.tariff == 9 for fact in platform.facts["SETS-0"].copy().values()))

        platform.send("SETS-0", ConfigDesired(ver=3, doc={}))
        cups = {"tariff": {"ver": 10, "cups": [[500, 50]]}}
        platform.send("SETS-0", ConfigDesired(ver=5, doc=cups))
        until(lambda: platform.settings[-1].ver == 5)
        assert "tariff" not in platform.settings[-1].doc, "it has no cups"

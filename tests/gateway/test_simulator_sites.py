"""Live machines behind one uplink, as the platform sees them over a broker."""

import threading
from pathlib import Path

from msgspec.structs import replace

from tapline_sim.conditions import SiteSpec
from tests.gateway.fake_platform import until
from tests.gateway.fleets import build, platform_for, running, truth_of


def test_one_bad_uplink_takes_all_machines_of_a_site_and_loses_nothing(
    port: int, tmp_path: Path
) -> None:
    quick = build(port, "SITE", devices=3)
    at_school = [replace(one, site="school") for one in quick.devices[:2]]
    scenario = replace(
        quick,
        devices=(*at_school, quick.devices[2]),
        sites={"school": SiteSpec(a_day_s=16, drops=125)},  # each six hours, which are four seconds
    )
    stop = threading.Event()
    with platform_for(scenario) as platform, running(scenario, tmp_path, stop) as run:
        until(lambda: any(one["state"] == "up" for one in truth_of(tmp_path)["uplink"]))
        until(lambda: platform.upto("SITE-0") > 0 and platform.upto("SITE-1") > 0)
        stop.set()
        report = run.result()

    down, up, *_ = truth_of(tmp_path)["uplink"]
    assert (down["state"], up["state"]) == ("down", "up")
    assert down["devices"] == ["SITE-0", "SITE-1"]
    assert report.drained, "what was sold without a line arrives afterwards"
    assert report.unreleased == 0

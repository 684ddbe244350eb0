"""Worn heaters, lamps and readers of live dispensers, as the platform sees them over a broker."""

import threading
from pathlib import Path

from msgspec.structs import replace

from tapline_gateway.protocol import Command
from tapline_sim.conditions import Wear
from tests.gateway.fake_platform import in_a_minute, until
from tests.gateway.fleets import build, platform_for, running, truth_of

OF_PARTS = {"boiler_c_x10", "heat_s", "heat_wh", "uv_w_m2", "lamp_h", "taps_n", "misreads_n"}


def test_worn_parts_show_in_the_readings_stop_the_sale_and_stand_in_the_truth(
    port: int, tmp_path: Path
) -> None:
    quick = build(port, "WORN", devices=2)
    plan = replace(
        quick.plan, worn={"WORN-0": Wear(lamp=2.0), "WORN-1": Wear(reader=1.5, scale=2.0)}
    )
    scenario = replace(quick, plan=plan, telemetry_every_s=0.3)
    stop = threading.Event()
    with platform_for(scenario) as platform, running(scenario, tmp_path, stop):
        until(lambda: any(one.code == "uv_failed" for _, one in platform.events))
        who, event = next(one for one in platform.events if one[1].code == "uv_failed")
        assert who == "WORN-0"
        assert event.data["stopped"] == 1
        assert event.data["uv_w_m2"] < 45
        until(lambda: any(read["misreads_n"] > 0 and read["heat_wh"] for read in platform.readings))
        until(lambda: platform.upto("WORN-1") > 0)  # a bad reader is slow, and still sells
        platform.send("WORN-1", Command(cmd="try", op="selftest", exp=in_a_minute()))
        until(lambda: platform.results.get("try", {}).get("facts_kept") is not None)
        found = platform.results["try"]
        assert [found[part] for part in ("reader", "heater", "uv", "pump")] == [
            *("fail", "fail", "ok", "ok")
        ]
    assert all(read.keys() >= OF_PARTS for read in platform.readings)
    told = truth_of(tmp_path)
    assert {(one["device"], one["part"], one["failed"]) for one in told["part"]} == {
        ("WORN-0", "lamp", True),
        ("WORN-1", "reader", True),
        ("WORN-1", "scale", True),
    }

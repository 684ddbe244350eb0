"""From the machine's own stop to its release, over a real broker."""

import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from tapline import clock, people, water
from tapline.devices import commands
from tapline.errors import ConflictError
from tapline.people import Role
from tapline.water import TreatmentKind, stops
from tapline_gateway.protocol import Command, CommandState
from tests.gateway.conftest import Bench, Newcomer
from tests.gateway.fake_platform import in_a_minute, until
from tests.gateway.fleets import build, platform_for
from tests.gateway.fleets import running as fleet_of

GOOD = {"bacteria": 1, "coliforms": 0, "turbidity": 10, "tds": 9}


@pytest.mark.req("U1")
def test_a_machine_with_bad_water_is_stopped_told_confirmed_and_released_by_a_person(
    running: Bench, newcomer: Newcomer
) -> None:
    database = running.database
    device = newcomer("WQ-1")
    device.hello()
    device.say(
        "up/evt",
        {"v": 1, "boot": 1, "evt_seq": 1, "code": "uv_failed", "on": True, "data": {"stopped": 1}},
    )
    stop = device.heard("dn/cmd", op="stop_sale")
    assert _states(running) == ["uv"]
    device.say("up/cmd", {"v": 1, "cmd": stop["cmd"], "st": "done", "rc": 0, "out": {}})
    until(lambda: _confirmed(running))
    with database.transaction() as uow:
        leader = people.create_staff(
            uow, tenant_id="demo", login="he.qing", name="何青", role=Role.SUPERVISOR
        )[0]
    with pytest.raises(ConflictError, match="passed report"), database.transaction() as uow:
        commands.send(uow, staff=leader, device_id="WQ-1", op="resume_sale", args={}, reason="fine")
    sample_id = _tested(running)
    with database.transaction() as uow:
        stops.release(uow, staff=leader, device_id="WQ-1", sample_id=sample_id, words="换灯管")
    resume = device.heard("dn/cmd", op="resume_sale")
    assert resume["args"] == {"safe_upto": 1}, "it names the machine's own reason"
    assert _states(running) == []


def _states(bench: Bench) -> list[str]:
    with bench.database.transaction() as uow:
        return [view.stop.cause.value for view in stops.standing(uow, tenant_id="demo")]


def _confirmed(bench: Bench) -> bool:
    with bench.database.transaction() as uow:
        (view,) = stops.standing(uow, tenant_id="demo")
        return view.command.state is commands.CommandState.DONE


def _tested(bench: Bench) -> UUID:
    """Treated, and then a sample that passes: moments apart, as the rules want."""
    with bench.database.transaction() as uow:
        now = clock.now()
        water.record_treatment(
            uow,
            tenant_id="demo",
            device_id="WQ-1",
            kind=TreatmentKind.REPAIR,
            actor="gao.feng",
            at=now,
        )
        sample = water.record_sample(
            uow,
            tenant_id="demo",
            device_id="WQ-1",
            actor="gao.feng",
            at=now + timedelta(milliseconds=1),
        )
        water.report(
            uow,
            tenant_id="demo",
            sample_id=sample.sample_id,
            laboratory="杭州水质检测中心",
            report_no="W-1",
            readings=GOOD,
            actor="gao.feng",
        )
        return sample.sample_id


@pytest.mark.req("U1")
def test_a_dispenser_stops_by_itself_and_goes_on_only_on_a_word_that_knows_why(
    port: int, tmp_path: Path
) -> None:
    quick = build(port, "LAMP", devices=1)
    plan = msgspec.structs.replace(quick.plan, lamps={"LAMP-0": 2.0})
    scenario = msgspec.structs.replace(quick, plan=plan)
    stop = threading.Event()
    with platform_for(scenario) as platform, fleet_of(scenario, tmp_path, stop):
        until(lambda: any(one.code == "uv_failed" for _, one in platform.events))
        event = next(one for _, one in platform.events if one.code == "uv_failed")
        assert event.data == {"stopped": 1}

        def tell(name: str, args: dict[str, int], state: CommandState) -> None:
            command = Command(cmd=name, op="resume_sale", exp=in_a_minute(), args=args)
            platform.send("LAMP-0", command)
            until(lambda: (name, state) in platform.statuses)

        tell("plain", {}, CommandState.REFUSED)
        tell("old", {"safe_upto": event.evt_seq - 1}, CommandState.REFUSED)
        sold = platform.upto("LAMP-0")
        tell("known", {"safe_upto": event.evt_seq}, CommandState.DONE)
        until(lambda: platform.upto("LAMP-0") > sold)

"""The simulated fleet against a real broker and a platform that the test commands."""

import threading
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tapline_gateway.protocol import Ack, Command, CommandState, FactOp, PresenceState, Stream
from tapline_sim import fleet
from tapline_sim.report import Report
from tapline_sim.scenario import PlanSpec
from tests.gateway.fake_platform import FakePlatform, in_a_minute, until
from tests.gateway.fleets import (
    NOTHING,
    OPENED_FEN,
    PLENTY,
    assert_complete,
    assert_truth_adds_up,
    build,
    injected,
    kept_facts,
    kill_when,
    platform_for,
    running,
    truth_of,
)


def test_every_pour_reaches_the_platform_and_the_truth_adds_up(port: int, tmp_path: Path) -> None:
    scenario = build(port, "SUM")
    with platform_for(scenario) as platform:
        report = fleet.run(
            scenario,
            state_dir=tmp_path / "state",
            truth_dir=tmp_path / "truth",
            stop=threading.Event(),
            run_s=5,
        )
    assert report.drained
    assert report.published == len(truth_of(tmp_path)["pour"]) > 5
    assert (report.unreleased, report.injected, report.refused_frames) == (0, {}, 0)
    assert_complete(tmp_path, platform)
    assert_truth_adds_up(tmp_path)
    assert all(pour["charged_fen"] == pour["due_fen"] for pour in truth_of(tmp_path)["pour"])


def test_a_device_announces_itself_reports_and_says_goodbye(port: int, tmp_path: Path) -> None:
    scenario = build(port, "BYE", devices=2)
    stop = threading.Event()
    with platform_for(scenario) as platform:
        with running(scenario, tmp_path, stop):
            until(lambda: len(platform.hellos) == 2 and platform.messages["up/tele"] > 2)
        until(lambda: sum(s.s is PresenceState.OFFLINE for _, s in platform.states) == 2)
    assert {hello.boot for _, hello in platform.hellos} == {1}
    assert platform.messages["up/tot"] >= 4  # once at the start and once at the end
    assert {(s.boot, s.conn) for _, s in platform.states} == {(1, 1)}


def test_without_an_answer_nothing_leaves_the_flash(port: int, tmp_path: Path) -> None:
    scenario = build(port, "MUTE", devices=1)
    stop = threading.Event()
    with platform_for(scenario) as platform:
        platform.acknowledging = False
        with running(scenario, tmp_path, stop) as result:
            until(lambda: platform.repeated != set())  # published, and published again
            assert kept_facts(tmp_path) >= len(platform.keys()) > 0
            platform.acknowledging = True
            stop.set()
            assert result.result().drained
    assert kept_facts(tmp_path) == 0
    assert_complete(tmp_path, platform)


def test_a_forged_release_deletes_nothing(port: int, tmp_path: Path) -> None:
    scenario = build(port, "FORGED", devices=1)
    stop = threading.Event()
    with (
        platform_for(scenario, false_keys=True) as platform,
        running(scenario, tmp_path, stop) as result,
    ):
        until(lambda: len(platform.keys()) > 0)
        platform.send("FORGED-0", Ack(stream=Stream.TXN, upto=1_000_000))
        until(lambda: platform.repeated != set())
        assert kept_facts(tmp_path) >= len(platform.keys())
        platform.sign_truly()
        stop.set()
        assert result.result().drained
    assert result.result().refused_frames > 0
    assert_complete(tmp_path, platform)


def test_facts_survive_a_fleet_that_is_killed(port: int, tmp_path: Path) -> None:
    scenario = build(port, "KILL", rates=PLENTY)
    (tmp_path / "scenario.json").write_bytes(msgspec.json.encode(scenario))
    stop = threading.Event()
    with platform_for(scenario) as platform:
        platform.acknowledging = False
        kill_when(tmp_path, lambda: len(platform.keys()) >= 5)
        platform.acknowledging = True
        kill_when(tmp_path, lambda: len(platform.keys()) >= 12)
        until(lambda: platform.boots(PresenceState.LOST) == {1, 2})
        with running(scenario, tmp_path, stop) as result:
            until(lambda: len(platform.keys()) >= 25)
            stop.set()
            report = result.result()
    assert report.drained
    assert {hello.boot for _, hello in platform.hellos} == {1, 2, 3}
    assert_complete(tmp_path, platform)
    assert_truth_adds_up(tmp_path)


class Mischief(NamedTuple):
    """A finished run in which plenty went wrong."""

    report: Report
    platform: FakePlatform
    folder: Path


@pytest.fixture(scope="module")
def mischief(port: int, tmp_path_factory: pytest.TempPathFactory) -> Mischief:
    folder = tmp_path_factory.mktemp("mischief")
    scenario = build(port, "PLAN", devices=8, cards=24, rates=PLENTY)
    with platform_for(scenario) as platform:
        report = fleet.run(
            scenario,
            state_dir=folder / "state",
            truth_dir=folder / "truth",
            stop=threading.Event(),
            run_s=20,
        )
    return Mischief(report, platform, folder)


def test_what_was_injected_is_what_the_platform_can_see(mischief: Mischief) -> None:
    report, platform, folder = mischief
    assert report.drained
    assert report.injected.keys() == {"D01", "D02", "D04", "D05", "D06", "D07", "D12"}
    assert_complete(folder, platform)
    assert_truth_adds_up(folder)
    assert injected(folder, "D04") <= platform.repeated
    assert injected(folder, "D05") == {(d, fact.seq) for d, fact in platform.conflicts}
    assert injected(folder, "D07") == platform.asked.keys()
    assert platform.with_status("no_flow") == injected(folder, "D01") | injected(folder, "D06")
    assert platform.with_status("partial") == injected(folder, "D02")
    assert platform.with_status("torn") == injected(folder, "D12")


def test_the_next_sighting_of_a_card_tells_what_a_torn_debit_took(mischief: Mischief) -> None:
    pours = {(p["device"], p["seq"]): p for p in truth_of(mischief.folder)["pour"]}
    for key in injected(mischief.folder, "D12"):
        assert mischief.platform.taken_by_torn(key) == pours[key]["charged_fen"]


def test_of_two_versions_only_the_true_one_fits_its_neighbours(mischief: Mischief) -> None:
    for device_id, false in mischief.platform.conflicts:
        before, after = mischief.platform.neighbours(device_id, false.seq)
        true = mischief.platform.facts[device_id][false.seq]
        assert (before.bal_after, after.bal_before) == (true.bal_before, true.bal_after)
        assert before.bal_after != false.bal_before
        assert after.bal_before != false.bal_after


def test_a_double_charge_is_two_debits_of_one_tap(mischief: Mischief) -> None:
    for device_id, seq in injected(mischief.folder, "D06"):
        dry = mischief.platform.facts[device_id][seq]
        wet = mischief.platform.facts[device_id][seq + 1]
        assert (wet.card, wet.nozzle, wet.atc) == (dry.card, dry.nozzle, (dry.atc or 0) + 1)
        assert wet.pulses


def test_a_withheld_fact_comes_only_when_it_is_asked_for(port: int, tmp_path: Path) -> None:
    scenario = build(port, "LATE", devices=2, rates=msgspec.structs.replace(NOTHING, d07=0.4))
    with platform_for(scenario) as platform:
        report = fleet.run(
            scenario,
            state_dir=tmp_path / "state",
            truth_dir=tmp_path / "truth",
            stop=threading.Event(),
            run_s=8,
        )
    withheld = injected(tmp_path, "D07")
    assert report.drained
    assert withheld == platform.asked.keys() != set()
    assert all(platform.arrived[key] > platform.asked[key] for key in withheld)
    assert not any((device_id, seq + 1) in withheld for device_id, seq in withheld)


def test_a_voucher_is_written_once_at_the_next_tap(port: int, tmp_path: Path) -> None:
    scenario = build(port, "LOAD", devices=1, cards=1)
    stop = threading.Event()
    with platform_for(scenario) as platform:
        platform.vouchers["LOAD0000"] = ("voucher-1", 400)
        with running(scenario, tmp_path, stop) as result:
            until(lambda: len(platform.keys()) >= 3)
            stop.set()
            assert result.result().drained
    facts = [fact for _, fact in sorted(platform.facts["LOAD-0"].items())]
    loads = [fact for fact in facts if fact.op is FactOp.LOAD]
    assert [(fact.load, fact.amt, fact.bal_after) for fact in loads] == [
        ("voucher-1", 400, OPENED_FEN + 400)
    ]
    assert [fact.atc for fact in facts] == list(range(1, len(facts) + 1))
    assert truth_of(tmp_path)["load"][0]["load"] == "voucher-1"
    assert_truth_adds_up(tmp_path)


def test_a_stuck_valve_charges_without_water_and_raises_an_alarm(port: int, tmp_path: Path) -> None:
    scenario = build(port, "STUCK", devices=1)
    plan = PlanSpec(rates=NOTHING, stuck_valves={"STUCK-0": 0.0})
    stop = threading.Event()
    scenario = msgspec.structs.replace(scenario, plan=plan)
    with platform_for(scenario) as platform, running(scenario, tmp_path, stop) as result:
        until(lambda: platform.events != [])
        stop.set()
        assert result.result().drained
    assert [(event.code, event.on) for _, event in platform.events] == [("valve_stuck", True)]
    assert injected(tmp_path, "D01") == set(platform.keys())
    assert all(pour["due_fen"] == 0 for pour in truth_of(tmp_path)["pour"])


def test_a_command_is_carried_out_once_and_what_is_gone_is_declared_lost(
    port: int, tmp_path: Path
) -> None:
    scenario = build(port, "OBEY", devices=1)
    resend = Command(cmd="c1", op="resend", args={"from": 1, "to": 2}, exp=in_a_minute())
    unknown = Command(cmd="c2", op="dance", exp=in_a_minute())
    late = Command(cmd="c3", op="resend", args={"from": 1, "to": 2}, exp="2026-01-01T00:00:00Z")
    stop = threading.Event()
    with platform_for(scenario) as platform, running(scenario, tmp_path, stop):
        until(lambda: platform.upto("OBEY-0") >= 2 and kept_facts(tmp_path) == 0)
        for command in (resend, resend, unknown, late):
            platform.send("OBEY-0", command)
        until(lambda: len(platform.statuses) == 7)
    assert platform.statuses == [
        ("c1", CommandState.RECEIVED),
        ("c1", CommandState.DONE),
        ("c1", CommandState.DONE),
        ("c2", CommandState.RECEIVED),
        ("c2", CommandState.REFUSED),
        ("c3", CommandState.RECEIVED),
        ("c3", CommandState.EXPIRED),
    ]
    lost = {(event.evt_seq, event.lost) for _, event in platform.events}
    assert lost == {(1, (1, 2))}

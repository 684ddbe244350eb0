"""Simulated dispensers and cards that are not just purses: online ones, and such as are proven."""

import re
import threading
from pathlib import Path

import msgspec

from tapline_gateway.protocol import Command, CommandState, PresenceState
from tapline_sim.card_proof import code
from tapline_sim.scenario import CardSpec, Outage, PlanSpec, Scenario
from tests.gateway.fake_platform import in_a_minute, until
from tests.gateway.fleets import (
    NOTHING,
    OPENED_FEN,
    assert_complete,
    assert_truth_adds_up,
    build,
    injected,
    platform_for,
    running,
    truth_of,
)

KEY = bytes(range(16))
ONLINE = "IDC{:04d}".format


def with_online_cards(scenario: Scenario, count: int) -> Scenario:
    """The scenario with as many cards whose balance is online, and a key on every purse."""
    purses = [msgspec.structs.replace(card, key_hex=KEY.hex()) for card in scenario.cards]
    online = [CardSpec(no=ONLINE(n), kind="id", balance_fen=OPENED_FEN) for n in range(count)]
    return msgspec.structs.replace(scenario, cards=(*purses, *online))


def test_an_online_card_is_asked_about_before_and_never_served_without_a_line(
    port: int, tmp_path: Path
) -> None:
    scenario = with_online_cards(build(port, "NET", devices=2, cards=2), 8)
    plan = PlanSpec(rates=NOTHING, outages={"NET-0": Outage(1, 4)})
    scenario = msgspec.structs.replace(scenario, plan=plan)
    with platform_for(scenario) as platform:
        platform.refusing = {ONLINE(0)}
        with running(scenario, tmp_path, stop := threading.Event()) as result:
            until(lambda: ("NET-0", PresenceState.LOST) in [(d, s.s) for d, s in platform.states])
            until(lambda: len(platform.hellos) == 3 and len(platform.keys()) > 12)
            stop.set()
            assert result.result().drained
        facts = [fact for known in platform.facts.values() for fact in known.values()]
        drawn = [fact for fact in facts if fact.card.kind == "id"]
        assert {fact.auth for fact in drawn} <= platform.holds.keys()
        assert len({fact.auth for fact in drawn}) == len(drawn) > 0
        assert all(fact.amt <= platform.holds[fact.auth or ""] for fact in drawn)
        assert not any(fact.off or fact.atc or fact.card.no == ONLINE(0) for fact in drawn)
        purses = [(d, fact) for d, known in platform.facts.items() for fact in known.values()]
        assert all(f.tac == code(KEY, f, d) for d, f in purses if f.card.kind == "cpu")
        assert_complete(tmp_path, platform)
    assert_truth_adds_up(tmp_path)


def test_a_dispenser_that_is_told_to_says_which_card_was_tapped_first(
    port: int, tmp_path: Path
) -> None:
    scenario = build(port, "TAP", devices=1, cards=6)
    with (
        platform_for(scenario) as platform,
        running(scenario, tmp_path, threading.Event()),
    ):
        until(lambda: len(platform.hellos) == 1)
        ask = Command(cmd="prove-1", op="prove", args={"nonce": "n1"}, exp=in_a_minute())
        platform.send("TAP-0", ask)
        until(lambda: platform.shown != [])
        until(lambda: ("prove-1", CommandState.DONE) in platform.statuses)
        shown = len(platform.shown)
        platform.send("TAP-0", ask)
        until(lambda: len(platform.shown) > shown)
    first = platform.shown[0]
    assert all(answer == first for answer in platform.shown), "asked again, it says the same"
    assert (first["nonce"], first["card"][:3]) == ("n1", "TAP")
    assert CommandState.STARTED in {state for cmd, state in platform.statuses if cmd == "prove-1"}


def test_everything_that_can_go_wrong_is_told_as_it_went(port: int, tmp_path: Path) -> None:
    scenario = with_online_cards(build(port, "ALL", devices=6, cards=30), 3)
    stranger = scenario.cards[0].no
    plan = PlanSpec(
        rates=NOTHING,
        times=1,
        strangers=frozenset({stranger}),
        drifting=frozenset({"ALL-0"}),
    )
    scenario = msgspec.structs.replace(scenario, plan=plan)
    wanted = {f"D{code_:02d}" for code_ in (*range(1, 14), 16, 18, 19, 20, 23, 24, 25, 28)}
    with (
        platform_for(scenario) as platform,
        running(scenario, tmp_path, stop := threading.Event()) as result,
    ):
        lines = tmp_path / "truth" / "truth.jsonl"
        until(lambda: lines.exists() and _named(lines.read_text()) >= wanted, 120)
        stop.set()
        report = result.result()
        assert report.drained
        at = {code_: injected(tmp_path, code_) for code_ in report.injected}
        stored = platform.keys()
        facts = {(device_id, seq): platform.facts[device_id][seq] for device_id, seq in stored}

    told = truth_of(tmp_path)
    lost = {code_: at[code_] - facts.keys() for code_ in at.keys() - {"D18"}}
    assert set(filter(lost.get, lost)) == {"D07", "D08", "D11", "D19"}, (
        "what is told of a fact is of one"
    )
    assert lost["D07"] == lost["D08"] == lost["D11"] == lost["D19"], (
        "what a machine has forgotten never comes"
    )
    assert sum(pour["seq"] is None for pour in told["pour"]) == len(lost["D08"])
    assert all(facts[key].off for key in at["D13"])
    assert all(facts[key].tac != code(KEY, facts[key], key[0]) for key in at["D23"])
    assert all(facts[key].op == "load" for key in at["D16"])
    assert all(facts[key].card.no == stranger for key in at["D25"])
    assert stranger not in {pour["card"] for pour in told["pour"]}
    assert wanted <= at.keys()


def _named(told: str) -> set[str]:
    """The codes that a file of truth names, though its last line may be half written."""
    return set(re.findall(r'"(D\d\d)"', told))

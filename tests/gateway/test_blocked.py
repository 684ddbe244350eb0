"""Simulated dispensers and the list of blocked cards: kept, obeyed, and missed while offline."""

import threading
from pathlib import Path

import msgspec

from tapline_gateway.protocol import CardList, PresenceState, list_hash
from tapline_sim.scenario import Outage, PlanSpec
from tests.gateway.fake_platform import FakePlatform, until
from tests.gateway.fleets import (
    NOTHING,
    assert_complete,
    assert_truth_adds_up,
    build,
    platform_for,
    running,
)


def whole(version: int, *cards: str) -> CardList:
    return CardList(base=0, ver=version, add=list(cards), hash=list_hash(cards))


def more_pours(platform: FakePlatform, count: int = 3) -> None:
    """Wait until the fleet has poured so many times more."""
    so_far = len(platform.keys())
    until(lambda: len(platform.keys()) >= so_far + count)


def test_a_blocked_card_is_sold_nothing_until_it_is_freed(port: int, tmp_path: Path) -> None:
    scenario = build(port, "BAR", devices=1, cards=5)
    blocked = "BAR0000"
    with platform_for(scenario) as platform:
        with running(scenario, tmp_path, stop := threading.Event()) as result:
            until(lambda: platform.pours_of("BAR-0", blocked) != [])
            platform.send("BAR-0", whole(3, blocked))
            until(lambda: platform.keeps("BAR-0", 3))
            more_pours(platform)
            stop.set()
            assert result.result().drained
        kept = platform.lists["BAR-0"][-1]
        assert kept.hash == list_hash([blocked])
        assert all(fact.seq <= (kept.seq or 0) for fact in platform.pours_of("BAR-0", blocked))

        with running(scenario, tmp_path, stop := threading.Event()) as result:
            more_pours(platform)
            assert platform.hellos[-1][1].list_ver == 3
            poured = len(platform.pours_of("BAR-0", blocked))
            free = CardList(base=3, ver=4, remove=[blocked], hash=list_hash([]))
            platform.send("BAR-0", free)
            until(lambda: len(platform.pours_of("BAR-0", blocked)) > poured)
            stop.set()
            assert result.result().drained
        assert platform.pours_of("BAR-0", blocked)[poured].seq > (kept.seq or 0)
        assert_complete(tmp_path, platform)
    assert_truth_adds_up(tmp_path)


def test_a_dispenser_says_what_it_keeps_when_a_change_does_not_fit(
    port: int, tmp_path: Path
) -> None:
    scenario = build(port, "FIT", devices=1, cards=2)
    with (
        platform_for(scenario) as platform,
        running(scenario, tmp_path, threading.Event()),
    ):
        until(lambda: platform.keeps("FIT-0", 0))
        said = len(platform.lists["FIT-0"])
        builds_on_another = CardList(base=7, ver=8, add=["FIT0000"], hash=list_hash(["FIT0000"]))
        platform.send("FIT-0", builds_on_another)
        until(lambda: len(platform.lists["FIT-0"]) > said)
        assert (platform.lists["FIT-0"][-1].ver, platform.lists["FIT-0"][-1].hash) == (
            0,
            list_hash([]),
        )


def test_a_dispenser_without_a_line_sells_to_a_card_that_is_blocked_elsewhere(
    port: int, tmp_path: Path
) -> None:
    """D21 on purpose: the late pour comes up with the rest when the line is back."""
    scenario = build(port, "OUT", devices=2, cards=12)
    card = "OUT0000"
    plan = PlanSpec(rates=NOTHING, outages={"OUT-0": Outage(1, 7)}, late_pours={card: "OUT-0"})
    scenario = msgspec.structs.replace(scenario, plan=plan)
    with platform_for(scenario) as platform:
        with running(scenario, tmp_path, stop := threading.Event()) as result:
            until(lambda: ("OUT-0", PresenceState.LOST) in [(d, s.s) for d, s in platform.states])
            platform.send("OUT-1", whole(1, card))
            until(lambda: platform.keeps("OUT-1", 1))
            until(lambda: len([1 for device, _ in platform.hellos if device == "OUT-0"]) == 2)
            platform.send("OUT-0", whole(1, card))
            until(lambda: platform.keeps("OUT-0", 1) and platform.pours_of("OUT-0", card) != [])
            more_pours(platform)
            stop.set()
            assert result.result().drained
        (late,) = platform.pours_of("OUT-0", card)
        assert late.off
        assert late.seq <= (platform.lists["OUT-0"][-1].seq or 0)
        others = [fact for fact in platform.facts["OUT-0"].values() if fact.off]
        assert len(others) > 1  # it sold to everybody
        assert_complete(tmp_path, platform)
    assert_truth_adds_up(tmp_path)

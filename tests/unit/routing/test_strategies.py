"""Who gets it: each strategy picks the one it promises, and can say why."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tapline.routing import AgentProfile, Presence, Queue, Seat, Strategy
from tapline.routing.core import commands as c
from tapline.routing.core import events as e

from .desk import Desk, agent, call

NAMES = ("ann", "bo", "cy", "di", "ed")


def takers(desk: Desk, count: int) -> list[str]:
    """Who is offered `count` calls, one after the other, each answered and done at once."""
    taken = []
    for number in range(count):
        desk.do(call(number), after_ms=10)
        (agent_id,) = desk.offered().values()
        taken.append(agent_id)
        desk.answer(f"call:{number}")
        desk.do(c.Finish(f"call:{number}"), after_ms=10)
    return taken


@given(st.permutations(NAMES), st.integers(0, 12))
def test_the_longest_idle_agent_is_offered_the_call(order: list[str], count: int) -> None:
    desk = Desk(Queue("calls"))
    desk.staff(*(agent(name) for name in order))
    assert takers(desk, count) == (order * 3)[:count]


@given(st.permutations(NAMES))
def test_in_sequence_the_first_in_order_who_is_free_is_offered_the_call(order: list[str]) -> None:
    desk = Desk(Queue("calls", Strategy.SEQUENTIAL))
    desk.staff(*(agent(name, order=place) for place, name in enumerate(order)))
    assert takers(desk, 3) == [order[0]] * 3
    for number in range(10, 13):
        desk.do(call(number))
    assert list(desk.offered().values()) == order[:3]


@given(st.sets(st.sampled_from(NAMES), min_size=1), st.integers(1, 40))
def test_in_turn_everybody_is_offered_as_many_calls_as_everybody_else(
    present: set[str], count: int
) -> None:
    desk = Desk(Queue("calls", Strategy.ROUND_ROBIN))
    desk.staff(*(agent(name) for name in sorted(present)))
    shares = Counter(takers(desk, count))
    assert max(shares.values()) - min(shares[name] for name in present) <= 1


def test_the_turn_passes_over_who_was_offered_a_call_and_missed_it() -> None:
    desk = Desk(Queue("calls", Strategy.ROUND_ROBIN, retry_ms=60_000))
    desk.staff(*(agent(name) for name in ("ann", "bo", "cy")))
    desk.do(call(1))
    desk.wait(15_000)
    assert desk.offered() == {"call:1": "bo"}
    desk.do(call(2))
    assert desk.offered()["call:2"] == "cy"


def test_by_chance_everybody_gets_some_and_the_same_seed_draws_the_same() -> None:
    def drawn() -> list[str]:
        desk = Desk(Queue("calls", Strategy.RANDOM))
        desk.staff(*(agent(name) for name in NAMES))
        return takers(desk, 200)

    shares = Counter(drawn())
    assert set(shares) == set(NAMES)
    assert min(shares.values()) >= 20
    assert drawn() == drawn()


def test_by_percent_a_thousand_calls_are_shared_to_the_call() -> None:
    weights = {"ann": 50, "bo": 30, "cy": 19, "di": 1}
    desk = Desk(Queue("calls", Strategy.PERCENT))
    desk.staff(*(AgentProfile(n, n, {"calls": Seat(weight=w)}) for n, w in weights.items()))
    assert Counter(takers(desk, 1000)) == {"ann": 500, "bo": 300, "cy": 190, "di": 10}


def test_who_was_away_does_not_get_all_that_was_missed_when_he_is_back() -> None:
    desk = Desk(Queue("calls", Strategy.PERCENT))
    desk.staff(*(AgentProfile(n, n, {"calls": Seat(weight=1)}) for n in ("ann", "bo")))
    desk.do(c.SetPresence("bo", Presence.NOT_READY, "lunch"))
    takers(desk, 50)
    desk.do(c.SetPresence("bo", Presence.READY))
    assert takers(desk, 4).count("bo") <= 3


def test_an_offer_says_who_was_weighed_by_what_and_who_could_not_and_why() -> None:
    desk = Desk(Queue("calls", priority=2))
    desk.staff(
        agent("ann", skills={"water": 3}),
        agent("bo", skills={"water": 3}),
        agent("cy"),
        agent("di", skills={"water": 5}),
        agent("ed", skills={"water": 5}),
    )
    desk.do(c.SetPresence("di", Presence.NOT_READY, "lunch"))
    desk.do(call("first", skills={"water": 4}))
    desk.answer("call:first")
    (offer,) = [
        event
        for event in desk.do(call(1, skills={"water": 2}), after_ms=1000)
        if isinstance(event, e.OfferMade)
    ]
    grounds = offer.grounds
    assert offer.agent_id == "ann"
    assert [(one.agent_id, one.tier) for one in grounds.candidates] == [
        ("ann", "wanted"),
        ("bo", "wanted"),
    ]
    assert grounds.candidates[0].figure - grounds.candidates[1].figure == 1
    assert {one.agent_id: (one.obstacle, one.detail) for one in grounds.skipped} == {
        "cy": ("skill", "water:2"),
        "di": ("not_ready", "lunch"),
        "ed": ("talking", ""),
    }
    assert (grounds.score, grounds.waited_ms) == (120_000, 0)

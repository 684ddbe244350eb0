"""The desk by example: what a caller, an agent and a supervisor would notice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.routing import Activity, Presence, Queue, Step, StepKind
from tapline.routing.core import commands as c
from tapline.routing.core import events as e
from tapline.routing.core import matching, next_due_ms
from tapline.routing.core.state import Phase

from .desk import Desk, agent, call, kinds, ticket


def desk(*names: str, **calls: object) -> Desk:
    made = Desk(Queue("calls", **calls), Queue("tickets", ring_ms=120_000))  # type: ignore[arg-type]
    made.staff(*(agent(name) for name in names))
    return made


def test_a_call_takes_an_agent_whole_and_leaves_him_his_tasks() -> None:
    one = desk("ann", wrap_up_ms=20_000)
    one.do(ticket(1))
    one.answer("ticket:1")
    one.do(call(1))
    one.answer("call:1")
    assert (one.state.agents["ann"].activity, one.state.agents["ann"].tasks) == (
        Activity.TALKING,
        ("ticket:1",),
    )
    one.do(ticket(2))
    assert one.offered() == {}, "no task is offered to who talks"
    one.do(c.Finish("call:1"))
    assert one.state.agents["ann"].activity is Activity.WRAP_UP
    one.wait(20_000)
    assert one.offered() == {"ticket:2": "ann"}


def test_a_caller_does_not_wait_behind_a_task_that_is_only_offered() -> None:
    one = desk("ann")
    one.do(ticket(1))
    assert one.offered() == {"ticket:1": "ann"}
    one.do(call(1))
    assert one.offered() == {"call:1": "ann"}
    assert one.state.jobs["ticket:1"].phase is Phase.WAITING


def test_an_agent_holds_no_more_tasks_than_he_may() -> None:
    one = Desk(Queue("tickets"))
    one.staff(agent("ann", tasks_max=2))
    for number in range(3):
        one.do(ticket(number))
        if one.offered():
            one.answer(f"ticket:{number}")
    assert one.state.agents["ann"].tasks == ("ticket:0", "ticket:1")
    barriers = matching.barriers(one.state, one.state.jobs["ticket:2"], one.now_ms)
    assert barriers["ann"].obstacle is matching.Obstacle.CAPACITY
    one.do(c.Finish("ticket:0"))
    assert one.offered() == {"ticket:2": "ann"}


def test_who_is_answered_too_late_is_told_and_keeps_nobody_ringing() -> None:
    one = desk("ann", "bo")
    one.do(call(1))
    first = one.state.jobs["call:1"].offer_id or ""
    one.do(c.Withdraw("call:1", "abandoned"))
    assert one.offered() == {}
    assert kinds(one.do(c.Accept(first, "ann"))) == ["LateAccept"]
    assert one.state.agents["ann"].activity is Activity.IDLE


def test_an_offer_of_a_former_life_of_the_same_ticket_is_not_accepted_now() -> None:
    one = desk("ann")
    one.do(ticket(1))
    former = one.state.jobs["ticket:1"].offer_id or ""
    one.do(c.Withdraw("ticket:1", "closed"))
    one.do(ticket(1))
    assert kinds(one.do(c.Accept(former, "ann"))) == ["LateAccept"]
    assert one.state.jobs["ticket:1"].phase is Phase.OFFERED


def test_a_colleague_cannot_accept_what_is_offered_to_another() -> None:
    one = desk("ann", "bo")
    one.do(call(1))
    offer = one.state.jobs["call:1"].offer_id or ""
    assert kinds(one.do(c.Accept(offer, "bo"))) == ["InputIgnored"]
    assert one.offered() == {"call:1": "ann"}


def test_who_answers_in_the_last_moment_has_answered() -> None:
    one = desk("ann", ring_ms=15_000)
    one.do(call(1))
    one.now_ms += 15_400  # the timer has not come round yet
    one.answer("call:1")
    assert one.state.agents["ann"].call_id == "call:1"


def test_a_declined_call_goes_to_the_next_and_returns_to_him_only_after_a_while() -> None:
    one = desk("ann", "bo", retry_ms=10_000, ring_ms=12_000)
    one.do(call(1))
    one.do(c.Decline("call:1.1", "ann", "noise"))
    assert one.offered() == {"call:1": "bo"}
    one.do(c.Decline("call:1.2", "bo"), after_ms=1000)
    assert one.offered() == {}, "both said no just now"
    assert next_due_ms(one.state, one.now_ms) == one.now_ms + 9000
    one.wait(9000)
    assert one.offered() == {"call:1": "ann"}


def test_who_misses_three_calls_is_not_ready_until_he_says_so_and_is_asked_at_once() -> None:
    one = desk("ann", ring_ms=10_000, retry_ms=5000)
    one.do(call(1))
    for _ in range(2):
        one.wait(10_000)
        one.wait(5000)
    one.wait(10_000)
    ann = one.state.agents["ann"]
    assert (ann.presence, ann.reason, one.offered()) == (Presence.NOT_READY, "missed", {})
    one.do(c.SetPresence("ann", Presence.READY))
    assert one.offered() == {"call:1": "ann"}


def test_what_he_asks_for_during_a_call_applies_after_it() -> None:
    one = desk("ann", wrap_up_ms=5000)
    one.do(call(1))
    one.answer("call:1")
    one.do(c.SetPresence("ann", Presence.NOT_READY, "lunch"))
    ann = one.state.agents["ann"]
    assert (ann.presence, ann.next_presence) == (Presence.READY, Presence.NOT_READY)
    one.do(c.Finish("call:1"))
    assert one.state.agents["ann"].presence is Presence.READY
    one.do(c.WrapUpDone("ann"))
    ann = one.state.agents["ann"]
    assert (ann.presence, ann.reason, ann.next_presence) == (Presence.NOT_READY, "lunch", None)


def test_who_leaves_while_it_rings_does_not_keep_the_caller_waiting() -> None:
    one = desk("ann", "bo")
    one.do(call(1))
    one.do(c.SetPresence("ann", Presence.OFFLINE))
    assert one.offered() == {"call:1": "bo"}


def test_a_caller_who_was_not_connected_keeps_his_place() -> None:
    one = desk("ann")
    one.do(call(1))
    one.answer("call:1")
    one.do(call(2), after_ms=1000)
    one.do(c.ConnectFailed("call:1", "unreachable"), after_ms=1000)
    ranked = matching.ranked(one.state, one.state.jobs["call:1"].work.medium, one.now_ms)
    assert [job.work.work_id for job in ranked] == ["call:1"]
    assert one.offered() == {"call:2": "ann"}, "he is not tried again at once"


def test_the_own_district_goes_first_and_the_rest_only_when_the_ladder_says_so() -> None:
    one = Desk(Queue("calls", ladder=(Step(10_000, StepKind.RELAX),)))
    one.staff(agent("far"), agent("near", areas=("wanzhi",), skills={"dialect": 2}))
    one.do(call(1, areas=("wanzhi",), skills={"dialect": 1}))
    assert one.offered() == {"call:1": "near"}
    one.do(call(2, areas=("wanzhi",)))
    assert "call:2" not in one.offered()
    one.wait(10_000)
    assert one.offered()["call:2"] == "far"


@pytest.mark.req("H23", "H24")
def test_when_all_are_busy_backups_ring_and_then_the_source_is_told_while_the_place_is_kept() -> (
    None
):
    ladder = (
        Step(10_000, StepKind.BACKUP, "station"),
        Step(30_000, StepKind.OVERFLOW, "callback"),
    )
    one = Desk(Queue("calls", ladder=ladder, ring_ms=60_000), Queue("station"))
    one.staff(agent("ann"), agent("zoe", "station"))
    for number in range(3):
        one.do(call(number))
    assert one.offered() == {"call:0": "ann"}
    one.wait(10_000)
    assert one.offered() == {"call:0": "ann", "call:1": "zoe"}
    events = one.wait(20_000)
    assert [(e_.work_id, e_.to) for e_ in events if isinstance(e_, e.LadderStepped)] == [
        ("call:2", "callback")
    ]
    assert one.state.jobs["call:2"].phase is Phase.WAITING


@pytest.mark.req("H96")
def test_the_agent_who_last_spoke_with_him_is_preferred_for_a_moment() -> None:
    one = desk("ann", "bo", preferred_ms=5000)
    one.do(call(1, preferred_agent="bo"))
    assert one.offered() == {"call:1": "bo"}
    one.answer("call:1")
    one.do(call(2, preferred_agent="bo"))
    assert one.offered() == {}, "he is talking and may soon be done"
    one.wait(5000)
    assert one.offered() == {"call:2": "ann"}


def test_a_preferred_agent_who_is_not_there_is_not_waited_for() -> None:
    one = desk("ann", "bo", preferred_ms=5000)
    one.do(c.SetPresence("bo", Presence.OFFLINE))
    one.do(call(1, preferred_agent="bo"))
    assert one.offered() == {"call:1": "ann"}


def test_a_call_back_keeps_the_place_of_its_caller() -> None:
    one = desk()
    one.now_ms = 100_000
    one.do(call("live"))
    one.do(call("promised", effective_enqueue_ms=60_000))
    one.staff(agent("ann"))
    assert one.offered() == {"call:promised": "ann"}


def test_a_transfer_keeps_the_age_and_ends_after_three() -> None:
    one = Desk(Queue("calls", hops_max=3), Queue("money", hops_max=3))
    one.staff(agent("ann", "calls", "money"))
    one.do(call(1))
    for hop, queue in enumerate(("money", "calls", "money", "calls"), start=1):
        one.answer("call:1")
        events = one.do(c.Transfer("call:1", queue), after_ms=100)
        if hop > 3:
            assert kinds(events) == ["InputIgnored"]
    assert one.state.jobs["call:1"].hops == 3
    assert one.state.jobs["call:1"].enqueued_ms == one.events[3].at_ms


def test_what_a_supervisor_gives_to_an_agent_is_offered_to_nobody() -> None:
    one = desk("ann", "bo")
    one.do(ticket(1))
    one.do(c.Assign(ticket(1).work, "bo"))
    assert (one.offered(), one.state.agents["bo"].tasks) == ({}, ("ticket:1",))
    one.do(c.Assign(ticket(1).work, "ann"))
    assert (one.state.agents["bo"].tasks, one.state.agents["ann"].tasks) == ((), ("ticket:1",))


@given(st.integers(1, 4), st.integers(1, 20))
def test_whoever_waits_is_served_in_the_end_however_important_the_others_are(
    aging: int, priority: int
) -> None:
    """One agent, and each half minute somebody more important: age outweighs it in time."""
    one = Desk(Queue("calls", aging=aging))
    one.staff(agent("ann"))
    one.do(call("busy"))
    one.answer("call:busy")
    one.do(call("patient"))
    one.do(c.Finish("call:busy"))
    if "call:patient" not in one.offered():
        one.answer(next(iter(one.offered())))
    for number in range(2 * priority // aging + 4):
        if "call:patient" in one.offered():
            break
        one.do(call(number, priority=priority), after_ms=15_000)
        talking = one.state.agents["ann"].call_id
        if talking is not None:
            one.do(c.Finish(talking), after_ms=15_000)
        if "call:patient" not in one.offered():
            one.answer(next(iter(one.offered())))
    assert "call:patient" in one.offered()


def test_orders_for_what_is_unknown_are_written_down_and_change_nothing() -> None:
    one = desk("ann")
    before = one.state
    for command in (
        c.Finish("call:x"),
        c.Accept("call:x.7", "ann"),
        c.Decline("nonsense", "ann"),
        c.Transfer("call:x", "calls"),
        c.SetPresence("nobody", Presence.READY),
        call(1, queue="nowhere"),
    ):
        assert kinds(one.do(command)) in (["InputIgnored"], ["LateAccept"])
    assert one.state == before

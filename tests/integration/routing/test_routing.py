"""The desk over a real database: one writer, a log nobody can rewrite, and nothing lost."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tapline import clock, routing
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.people import Role
from tapline.routing import Medium, Presence, Queue, Step, StepKind, Work
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.routing.hands import accept, offered, ready, ring, staff, told

START = factories.START


@pytest.mark.req("H131", "H152", "H117")
def test_a_call_is_offered_to_one_idle_agent_and_to_nobody_else(desk: UnitOfWork) -> None:
    with clock.frozen(START):
        ann = staff(desk, "ann")
        clock.advance(timedelta(seconds=1))
        bo = staff(desk, "bo")
        work_id = ring(desk, label="water …8000")
        (offer,) = offered(desk, ann)
        assert (offer.work.work_id, offer.work.label) == (work_id, "water …8000")
        assert offered(desk, bo) == []
        assert accept(desk, ann).work_id == work_id
        seen = routing.view(desk, tenant_id="demo")
        assert {a.profile.name: a.activity.value for a in seen.agents} == {
            "Ann": "talking",
            "Bo": "idle",
        }
    (made,) = told(desk, "OfferMade")
    assert (made["work_id"], made["agent_id"]) == (work_id, str(ann.staff_id))
    assert [end["outcome"] for end in told(desk, "OfferEnded")] == ["accepted"]


@pytest.mark.req("H383")
def test_the_wallboard_shows_who_waits_how_long_and_why_nobody_can_be_offered_it(
    desk: UnitOfWork,
) -> None:
    with clock.frozen(START):
        ann = staff(desk, "ann")
        first, second = ring(desk), ring(desk)
        accept(desk, ann)
        clock.advance(timedelta(seconds=9))
        seen = routing.view(desk, tenant_id="demo")
        (waiting,) = seen.waiting
        assert (waiting.work.work_id, waiting.wait_s, waiting.position) == (second, 9, 1)
        assert waiting.barriers[str(ann.staff_id)].obstacle.value == "talking"
        (calls,) = [queue for queue in seen.queues if queue.config.queue == "calls"]
        assert (calls.waiting, calls.longest_wait_s, calls.ready) == (1, 9, 0)
        assert first != second


@pytest.mark.req("H23", "H24", "H25")
def test_after_thirty_seconds_the_hotline_is_told_to_offer_a_call_back(desk: UnitOfWork) -> None:
    with clock.frozen(START):
        staff(desk, "ann")
        ring(desk)
        late = ring(desk)
        assert told(desk, "WorkOverflowed") == []
        for _ in range(30):
            clock.advance(timedelta(seconds=1))
            for tenant_id, name in routing.due(desk):
                routing.run_timers(desk, tenant_id=tenant_id, desk=name)
        overflowed = {event["work_id"] for event in told(desk, "WorkOverflowed")}
        assert late in overflowed
        assert {event["step"] for event in told(desk, "WorkOverflowed")} == {"callback"}
        still = {one.work.work_id for one in routing.view(desk, tenant_id="demo").waiting}
        assert late in still, "it keeps its place until the hotline withdraws it"


@pytest.mark.req("H172")
def test_why_did_this_go_there_has_an_answer_with_names_and_figures(desk: UnitOfWork) -> None:
    with clock.frozen(START):
        ann, bo = staff(desk, "ann"), staff(desk, "bo", skills={"water": 3})
        staff(desk, "cy", Role.SUPERVISOR)
        work_id = ring(desk, skills={"water": 2})
        clock.advance(timedelta(seconds=15))
        routing.run_timers(desk, tenant_id="demo")
        accept(desk, ann)
        told_ = routing.why(desk, tenant_id="demo", work_id=work_id)
    assert [one.code for one in told_] == [
        "enqueued",
        "relax",
        "offered",
        "timed_out",
        "backup",
        "offered",
        "accepted",
    ]
    first, second = (one for one in told_ if one.grounds is not None)
    assert first.agent_name == "Bo"
    assert first.grounds is not None
    assert [(one.agent_id, one.tier) for one in first.grounds.candidates] == [
        (str(bo.staff_id), "wanted"),
        (str(ann.staff_id), "relaxed"),
    ]
    assert second.agent_name == "Ann"
    assert second.figures["waited_s"] == 15
    assert second.grounds is not None
    assert (str(bo.staff_id), "passed") in {
        (one.agent_id, one.obstacle) for one in second.grounds.skipped
    }


def test_work_that_waits_says_what_it_waits_for(desk: UnitOfWork) -> None:
    ann = staff(desk, "ann")
    ready(desk, ann, Presence.NOT_READY)
    work_id = ring(desk)
    last = routing.why(desk, tenant_id="demo", work_id=work_id)[-1]
    assert (last.code, last.figures["position"]) == ("waits", 1)
    assert [(one.agent_id, one.obstacle) for one in last.obstacles] == [
        (str(ann.staff_id), "not_ready")
    ]


def test_an_agent_is_told_clearly_that_an_offer_has_ended(desk: UnitOfWork) -> None:
    ann = staff(desk, "ann")
    work_id = ring(desk)
    (offer,) = offered(desk, ann)
    at = {"tenant_id": "demo", "offer_id": offer.offer_id, "agent_id": str(ann.staff_id)}
    routing.accept(desk, **at)
    routing.accept(desk, **at)  # a double click
    routing.finish(desk, tenant_id="demo", work_id=work_id)
    with pytest.raises(ConflictError, match="offer has ended"):
        routing.accept(desk, **at)


def test_refunds_above_an_agents_limit_are_offered_to_a_supervisor_alone(desk: UnitOfWork) -> None:
    ann, cy = staff(desk, "ann"), staff(desk, "cy", Role.SUPERVISOR)
    work = Work(f"refund:{uuid4()}", Medium.TASK, "reviews", skills={"review": 2})
    routing.enqueue(desk, tenant_id="demo", work=work)
    assert (offered(desk, ann), len(offered(desk, cy))) == ([], 1)


def test_only_who_works_at_the_desk_can_be_ready(desk: UnitOfWork) -> None:
    with pytest.raises(InvalidError, match="technician"):
        staff(desk, "tom", Role.TECHNICIAN)
    with pytest.raises(NotFoundError, match="nobody of the staff"):
        routing.set_presence(desk, tenant_id="demo", agent_id=str(uuid4()), presence=Presence.READY)


def test_a_queue_that_cannot_be_is_refused_with_the_reason(desk: UnitOfWork) -> None:
    ladder = (Step(9000, StepKind.RELAX), Step(1000, StepKind.OVERFLOW))
    with pytest.raises(InvalidError, match="by time"):
        routing.configure(desk, tenant_id="demo", queues=[Queue("calls", ladder=ladder)])

"""The desk over a real database: one writer, a log nobody can rewrite, and nothing lost."""

import threading
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tapline import clock, people, routing
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.outbox import OutboxMessage
from tapline.people import Role, Staff
from tapline.routing import Medium, Presence, Queue, Step, StepKind, Work
from tapline.uow import Database, UnitOfWork
from tests import factories

START = factories.START


@pytest.fixture
def desk(uow: UnitOfWork) -> UnitOfWork:
    factories.tenant(uow)
    return uow


def staff(
    uow: UnitOfWork, login: str, role: Role = Role.AGENT, skills: dict[str, int] | None = None
) -> Staff:
    """Somebody who is ready for work."""
    member, _ = people.create_staff(
        uow, tenant_id="demo", login=login, name=login.title(), role=role, skills=skills
    )
    ready(uow, member)
    return member


def ready(uow: UnitOfWork, member: Staff, presence: Presence = Presence.READY) -> None:
    routing.set_presence(uow, tenant_id="demo", agent_id=str(member.staff_id), presence=presence)


def ring(uow: UnitOfWork, **described: object) -> str:
    work = Work(f"call:{new_id()}", Medium.VOICE, "calls", **described)  # type: ignore[arg-type]
    routing.enqueue(uow, tenant_id="demo", work=work)
    return work.work_id


def offered(uow: UnitOfWork, member: Staff) -> list[routing.OfferView]:
    return list(routing.offers_of(uow, tenant_id="demo", agent_id=str(member.staff_id)))


def accept(uow: UnitOfWork, member: Staff) -> Work:
    (offer,) = offered(uow, member)
    return routing.accept(
        uow, tenant_id="demo", offer_id=offer.offer_id, agent_id=str(member.staff_id)
    )


def told(uow: UnitOfWork, kind: str) -> list[dict[str, object]]:
    uow.session.flush()
    rows = uow.session.scalars(
        select(OutboxMessage).where(OutboxMessage.type == kind).order_by(OutboxMessage.position)
    )
    return [row.payload for row in rows]


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


def test_the_log_decided_again_leads_to_the_same_desk(desk: UnitOfWork) -> None:
    with clock.frozen(START):
        ann = staff(desk, "ann")
        for _ in range(5):
            ring(desk)
            clock.advance(timedelta(seconds=7))
            if offered(desk, ann):
                accept(desk, ann)
    proof = routing.prove(desk, tenant_id="demo")
    assert proof.ok
    assert proof.digest.seq > 10


def test_a_decision_cannot_be_rewritten(desk: UnitOfWork) -> None:
    staff(desk, "ann")
    ring(desk)
    desk.session.flush()
    for statement in (
        "update routing_record set at_ms = 0",
        "delete from routing_record",
        "truncate routing_record",
    ):
        with pytest.raises(DBAPIError, match="append-only"), desk.session.begin_nested():
            desk.session.execute(text(statement))


def test_a_log_that_was_rewritten_past_the_trigger_is_found_at_the_record(
    desk: UnitOfWork,
) -> None:
    staff(desk, "ann")
    ring(desk)
    desk.session.flush()
    desk.session.execute(
        text("alter table routing_record disable trigger routing_record_append_only")
    )
    desk.session.execute(
        text('update routing_record set command = command || \'{"agent_id": "x"}\' where seq = 7')
    )
    desk.session.expire_all()
    proof = routing.prove(desk, tenant_id="demo")
    assert (proof.ok, proof.differs_at) == (False, 7)


def test_figures_of_the_day_count_by_the_definitions(desk: UnitOfWork) -> None:
    with clock.frozen(START):
        ann = staff(desk, "ann")
        answered, abandoned, short = ring(desk), ring(desk), ring(desk)
        clock.advance(timedelta(seconds=4))
        at = {"tenant_id": "demo", "reason": routing.ABANDONED}
        routing.withdraw(desk, work_id=short, **at)
        accept(desk, ann)
        clock.advance(timedelta(seconds=20))
        routing.withdraw(desk, work_id=abandoned, **at)
        clock.advance(timedelta(seconds=40))
        routing.finish(desk, tenant_id="demo", work_id=answered)
        clock.advance(timedelta(seconds=30))
        routing.run_timers(desk, tenant_id="demo")
        clock.advance(timedelta(seconds=6))
        found = routing.figures_between(
            desk,
            tenant_id="demo",
            queue="calls",
            since=START,
            until=START + timedelta(hours=1),
        )
    assert (found.offered, found.answered, found.abandoned, found.short_abandoned) == (3, 1, 1, 1)
    assert (found.connection_rate, found.service_level) == (0.5, 0.5)
    assert (found.asa_s, found.aht_s) == (4.0, 90.0)
    assert found.occupancy == pytest.approx(90 / 100)


def test_another_tenants_desk_is_another_desk(desk: UnitOfWork) -> None:
    factories.tenant(desk, "other")
    ann = staff(desk, "ann")
    work_id = ring(desk)
    assert routing.view(desk, tenant_id="other").waiting == []
    assert routing.why(desk, tenant_id="other", work_id=work_id) == []
    agent_id = str(ann.staff_id)
    assert routing.offers_of(desk, tenant_id="other", agent_id=agent_id) == []
    with pytest.raises(NotFoundError):
        routing.set_presence(desk, tenant_id="other", agent_id=agent_id, presence=Presence.READY)


def test_calls_that_come_at_the_same_moment_each_reach_another_agent(
    fresh_database: Database,
) -> None:
    """The first call of all begins the desk: transactions that race for it lose nothing."""
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        members = [
            people.create_staff(
                uow, tenant_id="demo", login=f"agent{n}", name=f"A{n}", role=Role.AGENT
            )[0]
            for n in range(4)
        ]

    def come(member: Staff) -> None:
        with fresh_database.transaction() as uow:
            ready(uow, member)
        for _ in range(3):
            with fresh_database.transaction() as uow:
                ring(uow)

    threads = [threading.Thread(target=come, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh_database.transaction() as uow:
        seen = routing.view(uow, tenant_id="demo")
        assert len(seen.waiting) == 12
        assert Counter(offer.agent_id for offer in seen.offers) == Counter(
            str(member.staff_id) for member in members
        )
        assert routing.prove(uow, tenant_id="demo").ok

"""The log of a desk: nobody rewrites it, it decides again, it is counted, one writer at a time."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import clock, people, routing
from tapline.errors import NotFoundError
from tapline.people import Role, Staff
from tapline.routing import Presence
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.routing.hands import accept, offered, ready, ring, staff

START = factories.START


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


@pytest.mark.req("H137")
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

"""A review reaches somebody who may decide it, and leaves the desk when it is decided."""

from datetime import timedelta

import pytest

from tapline import clock, policy, refunds, routing
from tapline.errors import DeniedError
from tapline.people import Role
from tapline.refunds import Refund, RefundState
from tapline.routing import Presence
from tests.integration.consequences import drain
from tests.integration.refunds.counter import Counter


def ready(counter: Counter, *roles: Role) -> None:
    for role in roles:
        routing.set_presence(
            counter.uow,
            tenant_id="demo",
            agent_id=str(counter.office[role].staff_id),
            presence=Presence.READY,
        )


def in_review(counter: Counter) -> Refund:
    """Everything that machines have to say is said."""
    counter.paid_in(10_000)
    refund = counter.asks()
    counter.acknowledges("A", "B")
    drain(counter.uow)
    refunds.advance(counter.uow, tenant_id="demo", refund_id=refund.refund_id)
    drain(counter.uow)
    assert refund.state is RefundState.REVIEW
    return refund


def offer_to(counter: Counter, role: Role) -> str | None:
    agent_id = str(counter.office[role].staff_id)
    offers = routing.offers_of(counter.uow, tenant_id="demo", agent_id=agent_id)
    return offers[0].offer_id if offers else None


def taken(counter: Counter, role: Role) -> Refund:
    offer_id = offer_to(counter, role)
    assert offer_id is not None
    refund = refunds.accept(
        counter.uow, tenant_id="demo", offer_id=offer_id, staff=counter.office[role]
    )
    drain(counter.uow)
    return refund


def at_desk(counter: Counter) -> set[str]:
    """The work that waits or is in somebody's hands."""
    view = routing.view(counter.uow, tenant_id="demo")
    held = {task.work_id for agent in view.agents for task in agent.tasks}
    return held | {one.work.work_id for one in view.waiting}


def test_a_review_is_offered_taken_and_gone_when_it_is_decided(counter: Counter) -> None:
    ready(counter, Role.AGENT)
    refund = in_review(counter)
    assert taken(counter, Role.AGENT) is refund
    assert at_desk(counter) == {refund.subject}
    counter.decides(refund)
    assert at_desk(counter) == set()


def test_what_only_a_supervisor_may_decide_is_offered_to_nobody_else(counter: Counter) -> None:
    policy.publish(
        counter.uow,
        tenant_id="demo",
        changes={"agent_refund_fen_max": 100},
        actor="test",
        reason="small limit",
    )
    ready(counter, Role.AGENT)
    in_review(counter)
    assert offer_to(counter, Role.AGENT) is None
    ready(counter, Role.SUPERVISOR)
    assert offer_to(counter, Role.SUPERVISOR) is not None


def test_an_appeal_leaves_the_agent_who_refused_and_goes_to_a_supervisor(
    counter: Counter,
) -> None:
    ready(counter, Role.AGENT)
    refund = in_review(counter)
    taken(counter, Role.AGENT)
    counter.decides(refund, approve=False, reason="证据不足")
    refunds.appeal(
        counter.uow,
        tenant_id="demo",
        refund_id=refund.refund_id,
        customer_id=counter.holder.customer_id,
        words="我有付款记录",
        actor=f"customer:{counter.holder.customer_id}",
    )
    drain(counter.uow)
    clock.advance(timedelta(hours=1))
    ready(counter, Role.SUPERVISOR)
    assert offer_to(counter, Role.AGENT) is None
    assert offer_to(counter, Role.SUPERVISOR) is not None


def test_whoever_asked_for_a_customer_is_not_given_the_review(counter: Counter) -> None:
    ready(counter, Role.AGENT)
    refund = in_review(counter)
    refund.requested_by = counter.office[Role.AGENT].login
    with pytest.raises(DeniedError, match="ask a colleague"):
        taken(counter, Role.AGENT)
    assert refund.reviewer_id is None


def test_a_review_does_not_stay_with_somebody_who_has_left(counter: Counter) -> None:
    ready(counter, Role.AGENT)
    refund = in_review(counter)
    taken(counter, Role.AGENT)
    counter.office[Role.AGENT].disabled_at = clock.now()
    ready(counter, Role.SUPERVISOR)
    refunds.put_in_place(counter.uow, tenant_id="demo", refund_id=refund.refund_id)
    assert offer_to(counter, Role.SUPERVISOR) is not None

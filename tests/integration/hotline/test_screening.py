"""Who is refused, who comes first, and what is known of a number."""

from datetime import timedelta

import pytest

from tapline import clock, hotline, people
from tapline.hotline import ListKind, NumberState, Outcome
from tests.integration.hotline.hall import NUMBER, Hall


def listed(hall: Hall, kind: ListKind, pattern: str, **more: object) -> None:
    with hall.database.transaction() as uow:
        hotline.list_caller(
            uow,
            tenant_id="demo",
            kind=kind,
            pattern=pattern,
            reason="骚扰",
            actor="test",
            **more,  # type: ignore[arg-type]
        )


def test_a_caller_on_the_black_list_is_refused_before_anybody_answers(hall: Hall) -> None:
    listed(hall, ListKind.BLACK, "13800138000")

    ref = hall.call()

    assert not hall.line(ref).is_answered
    assert hall.record(ref).outcome is Outcome.REJECTED_BLACKLIST


def test_a_blocked_segment_does_not_swallow_a_customer_named_as_important(hall: Hall) -> None:
    listed(hall, ListKind.BLACK, "1380*")
    listed(hall, ListKind.WHITE, "13800138000")

    assert hall.record(hall.call()).outcome is None
    assert hall.record(hall.call(ani="13800138001")).outcome is Outcome.REJECTED_BLACKLIST


def test_an_entry_that_ran_out_counts_no_more(hall: Hall) -> None:
    listed(hall, ListKind.BLACK, "13800138000", expires_at=clock.now() + timedelta(hours=1))
    assert hall.record(hall.call()).outcome is Outcome.REJECTED_BLACKLIST

    hall.pass_time(3600)

    assert hall.record(hall.call()).outcome is None


def test_a_caller_on_the_white_list_comes_first(hall: Hall) -> None:
    listed(hall, ListKind.WHITE, "13900139000")
    hall.call(ani="13800138000")
    hall.call(ani="13900139000")
    hall.pass_time(5)

    hall.agent("lin.xia")

    offered = hall.current("lin.xia")
    assert offered is not None
    assert offered.call is not None
    assert offered.call.ani == "13900139000"


@pytest.mark.req("H53")
def test_above_its_monthly_cap_a_number_refuses_and_counts_it(hall: Hall) -> None:
    with hall.database.transaction() as uow:
        (number,) = hotline.numbers_of(uow, tenant_id="demo")
        number.calls_max_per_month = 1
    first, second = hall.call(), hall.call()

    assert hall.record(first).outcome is None
    assert hall.record(second).outcome is Outcome.REJECTED_CAP
    with hall.database.transaction() as uow:
        today = hotline.figures(uow, tenant_id="demo", day=clock.business_date(clock.now()))
    assert (today.blocked, today.connection_rate) == (1, 0.0)


def test_a_suspended_number_refuses(hall: Hall) -> None:
    with hall.database.transaction() as uow:
        hotline.set_number_state(
            uow,
            tenant_id="demo",
            number=NUMBER,
            state=NumberState.SUSPENDED,
            actor="test",
            reason="drill",
        )

    assert hall.record(hall.call()).outcome is Outcome.REJECTED_SUSPENDED


@pytest.mark.req("H11", "H96", "H274")
def test_a_caller_is_known_by_candidates_last_agent_and_what_he_went_through(hall: Hall) -> None:
    hall.agent("lin.xia")
    with hall.database.transaction() as uow:
        people.create_customer(uow, tenant_id="demo", phone="13800138000", name="王秀英")
    hall.call(talk_ms=5000)
    hall.pass_time(2)
    call = hall.answer("lin.xia")
    hall.pass_time(6)
    hall.dispose("lin.xia", call.call_id, "device_fault", category="device_fault")

    with hall.database.transaction() as uow:
        known = hotline.caller(uow, tenant_id="demo", ani="13800138000")

    assert [customer.name for customer in known.customers] == ["王秀英"]
    assert known.last_agent == hall.agents["lin.xia"].staff_id
    assert (known.calls_count, known.in_vain_count) == (1, 0)
    assert [ticket.category for ticket in known.open_tickets] == ["device_fault"]


@pytest.mark.req("H384")
def test_who_gave_up_before_is_let_ahead_of_who_came_a_little_earlier(hall: Hall) -> None:
    for _ in range(2):
        ref = hall.call(ani="13900139000")
        hall.pass_time(3)
        hall.switchboard.hang_up(ref)
        hall.settle()
    hall.call(ani="13800138000")
    hall.pass_time(3)
    hall.call(ani="13900139000")
    hall.pass_time(3)

    hall.agent("lin.xia")

    offered = hall.current("lin.xia")
    assert offered is not None
    assert offered.call is not None
    assert offered.call.ani == "13900139000"

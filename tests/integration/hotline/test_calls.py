"""A call's whole way: menu, queue, one agent's telephone, talk, wrap-up, record."""

import pytest

from tapline import hotline, tickets
from tapline.errors import ConflictError, DeniedError
from tapline.hotline import CallState, Outcome, Stage
from tapline.routing import Presence
from tests.integration.hotline.hall import Hall


@pytest.mark.req("H14", "H131", "H133", "H379")
def test_a_call_goes_through_the_menu_to_one_agent_and_is_written_down(hall: Hall) -> None:
    hall.agent("lin.xia", water=5)
    ref = hall.call(keys="1", talk_ms=40_000)
    hall.pass_time(2)

    offered = hall.current("lin.xia")
    assert offered is not None
    assert offered.call is not None
    assert (offered.stage, offered.call.intent) == (Stage.OFFERED, "water")
    assert hall.ringing() == ["lin.xia"]

    call = hall.answer("lin.xia")
    assert hall.call_of(ref).state is CallState.TALKING
    hall.pass_time(41)
    assert hall.current("lin.xia").stage is Stage.WRAP_UP  # type: ignore[union-attr]
    hall.dispose("lin.xia", call.call_id)

    assert hall.current("lin.xia") is None
    record = hall.record(ref)
    assert (record.outcome, record.talk_s, record.hangup_side) == (
        Outcome.ANSWERED,
        40,
        "customer",
    )
    assert record.agent_id == hall.agents["lin.xia"].staff_id
    assert record.keys == "1"


@pytest.mark.req("H160")
def test_only_the_offered_agent_sees_the_call_and_no_longer_than_the_offer(hall: Hall) -> None:
    hall.agent("lin.xia")
    hall.agent("bai.yu")
    hall.call()
    hall.pass_time(2)
    seeing = [login for login in hall.agents if hall.current(login) is not None]
    assert len(seeing) == 1

    hall.pass_time(16)  # he lets it ring

    assert hall.current(seeing[0]) is None
    (other,) = set(hall.agents) - set(seeing)
    assert hall.current(other) is not None
    assert hall.ringing() == [other]


def test_an_agent_may_answer_at_his_telephone(hall: Hall) -> None:
    hall.agent("lin.xia")
    ref = hall.call()
    hall.pass_time(2)
    (leg,) = hall.line(ref).legs

    hall.switchboard.pick_up(ref, leg)
    hall.settle()

    assert hall.call_of(ref).state is CallState.TALKING
    assert hall.line(ref).talking_leg == leg


@pytest.mark.req("H160")
def test_an_agent_who_puts_the_telephone_down_is_passed_over(hall: Hall) -> None:
    hall.agent("lin.xia")
    hall.agent("bai.yu")
    ref = hall.call()
    hall.pass_time(2)
    (leg,) = hall.line(ref).legs.values()

    hall.switchboard.put_down(ref, leg.ref)
    hall.settle()

    assert hall.ringing() == [login for login in hall.agents if login != leg.target]


@pytest.mark.parametrize(
    ("seconds", "keys", "ready", "outcome"),
    [
        (1, "", False, Outcome.ABANDONED_IVR),
        (5, "1", False, Outcome.ABANDONED_QUEUE),
        (5, "1", True, Outcome.ABANDONED_RING),
    ],
)
def test_a_caller_may_give_up_at_any_point_and_nobodys_telephone_rings_on(
    hall: Hall, seconds: int, keys: str, ready: bool, outcome: Outcome
) -> None:
    hall.agent("lin.xia")
    if not ready:
        hall.presence("lin.xia", Presence.NOT_READY)
    ref = hall.call(keys=keys)
    hall.pass_time(seconds)

    hall.switchboard.hang_up(ref)
    hall.settle()

    assert hall.record(ref).outcome is outcome
    assert hall.ringing() == []
    assert hall.current("lin.xia") is None


def test_who_clicks_after_the_caller_hung_up_is_told_so(hall: Hall) -> None:
    hall.agent("lin.xia")
    ref = hall.call()
    hall.pass_time(2)
    offered = hall.current("lin.xia")
    assert offered is not None
    assert offered.offer_id is not None
    hall.switchboard.hang_up(ref)
    hall.settle()

    with (
        pytest.raises(ConflictError, match="hung up"),
        hall.database.transaction() as uow,
    ):
        hotline.answer(
            uow,
            tenant_id="demo",
            offer_id=offered.offer_id,
            staff=hall.agents["lin.xia"],
        )


def test_a_telephone_picked_up_too_late_is_hung_up_again(hall: Hall) -> None:
    hall.agent("lin.xia")
    ref = hall.call()
    hall.pass_time(2)
    (leg,) = hall.line(ref).legs
    hall.switchboard.pick_up(ref, leg)  # in the same moment
    hall.switchboard.hang_up(ref)
    hall.events.reverse()  # and the hang-up overtakes it

    hall.settle()

    assert "late_accept" in [verdict.ignored for verdict in hall.verdicts]
    assert hall.record(ref).outcome is Outcome.ABANDONED_RING


def test_keys_that_mean_nothing_are_asked_again_and_then_anyone_helps(hall: Hall) -> None:
    hall.agent("lin.xia")
    ref = hall.call(keys="79")
    hall.pass_time(2)
    assert hall.call_of(ref).state is CallState.IVR
    hall.pass_time(2)

    assert hall.call_of(ref).intent == "anyone"
    assert hall.current("lin.xia") is not None


@pytest.mark.req("H231")
def test_a_disposition_can_open_a_ticket_and_only_who_talked_says_it(hall: Hall) -> None:
    hall.agent("lin.xia")
    hall.agent("bai.yu")
    hall.presence("bai.yu", Presence.NOT_READY)
    hall.call(keys="1", talk_ms=5000)
    hall.pass_time(2)
    call = hall.answer("lin.xia")
    hall.pass_time(6)

    with pytest.raises(DeniedError):
        hall.dispose("bai.yu", call.call_id)
    done = hall.dispose("lin.xia", call.call_id, "leak", category="leak")

    assert done.ticket_id is not None
    with hall.database.transaction() as uow:
        ticket = tickets.get(uow, tenant_id="demo", ticket_id=done.ticket_id)
    assert (ticket.source, ticket.category, ticket.call_id) == (
        tickets.Source.HOTLINE,
        "leak",
        call.call_id,
    )


def test_a_caller_on_hold_hears_music_and_it_is_counted(hall: Hall) -> None:
    hall.agent("lin.xia")
    ref = hall.call()
    hall.pass_time(2)
    call = hall.answer("lin.xia")
    for verb in (hotline.hold, hotline.resume):
        with hall.database.transaction() as uow:
            verb(uow, tenant_id="demo", call_id=call.call_id, staff=hall.agents["lin.xia"])
        hall.settle()
        hall.pass_time(7)
    with hall.database.transaction() as uow:
        hotline.hang_up(uow, tenant_id="demo", call_id=call.call_id, staff=hall.agents["lin.xia"])
    hall.settle()

    record = hall.record(ref)
    assert (record.hold_s, record.talk_s, record.hangup_side) == (7, 14, "agent")

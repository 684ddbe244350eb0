"""Nobody is free, or it is night: a promise, once, with the place that the caller had."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tapline import clock, hotline, routing
from tapline.hotline import CallBack, CallBackState, CallState, Direction, Outcome, Stage
from tapline.routing import Presence
from tapline_ops.telephony.lines import Caller
from tests.integration.hotline.hall import Hall


def promises(hall: Hall) -> list[CallBack]:
    with hall.database.transaction() as uow:
        return list(uow.session.scalars(select(CallBack).order_by(CallBack.created_at)))


def busy(hall: Hall, login: str = "lin.xia") -> None:
    """An agent who talks with somebody else for long."""
    hall.agent(login)
    hall.call(ani="13511111111", keys="0")
    hall.pass_time(2)
    hall.answer(login)


@pytest.mark.req("H25")
def test_who_waited_thirty_seconds_is_promised_a_call_and_told_by_text(hall: Hall) -> None:
    busy(hall)
    ref = hall.call(ani="13800138000")
    hall.pass_time(34)

    (promise,) = promises(hall)
    assert promise.state is CallBackState.QUEUED
    assert hall.record(ref).outcome is Outcome.CALLBACK_REGISTERED
    assert not hall.line(ref).is_live
    ((phone, text),) = hall.texts()
    assert phone == "13800138000"
    assert "无需再次拨打" in text
    assert "057188880000" in text


def test_the_promise_keeps_the_place_and_is_made_good(hall: Hall) -> None:
    busy(hall)
    asked_at = clock.now()
    hall.call(ani="13800138000")
    hall.pass_time(34)
    with hall.database.transaction() as uow:
        (waiting,) = routing.view(uow, tenant_id="demo").waiting
    assert waiting.work.effective_enqueue_ms is not None
    assert waiting.work.effective_enqueue_ms / 1000 - asked_at.timestamp() < 3

    hall.agent("bai.yu")
    offered = hall.current("bai.yu")
    assert offered is not None
    assert offered.call_back is not None
    call = hall.answer("bai.yu")
    assert (call.direction, call.state) == (Direction.OUT, CallState.CONNECTING)
    hall.pass_time(4)

    assert hall.current("bai.yu").stage is Stage.TALKING  # type: ignore[union-attr]
    assert promises(hall)[0].state is CallBackState.DONE


def test_who_overflows_twice_has_one_promise_and_one_text(hall: Hall) -> None:
    busy(hall)
    for _ in range(2):
        hall.call(ani="13800138000")
        hall.pass_time(40)

    assert len(promises(hall)) == 1
    assert len(hall.texts()) == 1


def test_who_rings_again_has_his_place_and_is_not_called_when_he_is_answered(hall: Hall) -> None:
    busy(hall)
    hall.call(ani="13800138000")
    hall.pass_time(40)
    place = promises(hall)[0].effective_at
    ref = hall.call(ani="13800138000")
    hall.pass_time(3)

    assert promises(hall)[0].state is CallBackState.ON_LINE
    assert hall.call_of(ref).effective_at == place
    hall.agent("bai.yu")
    hall.answer("bai.yu")

    assert promises(hall)[0].state is CallBackState.CANCELLED


def test_who_rings_again_and_gives_up_is_still_called(hall: Hall) -> None:
    busy(hall)
    hall.call(ani="13800138000")
    hall.pass_time(40)
    ref = hall.call(ani="13800138000")
    hall.pass_time(3)
    hall.switchboard.hang_up(ref)
    hall.settle()

    assert promises(hall)[0].state is CallBackState.QUEUED


def test_who_does_not_take_it_is_tried_again_and_then_told_by_text(hall: Hall) -> None:
    hall.switchboard.exchange.callers["13800138000"] = Caller(takes_calls=False)
    busy(hall)
    hall.call(ani="13800138000")
    hall.pass_time(34)
    hall.agent("bai.yu")
    hall.answer("bai.yu")
    hall.pass_time(61)

    (promise,) = promises(hall)
    assert (promise.state, promise.attempts) == (CallBackState.PROMISED, 1)
    assert hall.current("bai.yu") is None
    hall.pass_time(900)
    hall.answer("bai.yu")
    hall.pass_time(61)

    assert promises(hall)[0].state is CallBackState.FAILED
    assert len(hall.texts()) == 2
    assert "均未接通" in hall.texts()[1][1]


def test_a_hidden_number_cannot_be_called_and_goes_on_waiting(hall: Hall) -> None:
    busy(hall)
    ref = hall.call(ani="anonymous")
    hall.pass_time(60)

    assert hall.call_of(ref).state is CallState.QUEUED
    assert promises(hall) == []


@pytest.mark.req("H115", "H215")
def test_at_night_a_call_is_promised_for_the_morning(night_hall: Hall) -> None:
    hall = night_hall
    hall.agent("lin.xia")
    ref = hall.call(keys="2")
    hall.pass_time(3)

    (promise,) = promises(hall)
    local = promise.due_at.astimezone(clock.BUSINESS_ZONE)
    assert (local.hour, local.day) == (7, 24)
    assert hall.record(ref).outcome is Outcome.CALLBACK_REGISTERED
    assert hall.current("lin.xia") is None, "nobody is called at night"
    hall.pass_time(8 * 3600 + 60)
    assert promises(hall)[0].state is CallBackState.QUEUED


@pytest.mark.req("H115", "H215")
def test_at_night_an_emergency_reaches_whoever_is_on_duty(night_hall: Hall) -> None:
    hall = night_hall
    hall.agent("lin.xia")
    hall.call(keys="1")
    hall.pass_time(2)

    offered = hall.current("lin.xia")
    assert offered is not None
    assert offered.call is not None
    assert offered.call.intent == "emergency"


def test_at_night_an_emergency_that_nobody_answers_is_texted_to_the_duty_phone(
    night_hall: Hall,
) -> None:
    hall = night_hall
    hall.agent("lin.xia")
    hall.presence("lin.xia", Presence.OFFLINE)
    hall.call(keys="1")
    hall.pass_time(34)

    told = dict(hall.texts())
    assert "【紧急】13800138000" in told["13700000001"]
    assert promises(hall)[0].due_at <= clock.now(), "it does not wait for the morning"


def test_a_day_later_nothing_is_left_half_done(night_hall: Hall) -> None:
    hall = night_hall
    hall.agent("lin.xia")
    hall.call(keys="2")
    hall.pass_time(8 * 3600)
    hall.answer("lin.xia")
    hall.pass_time(90)
    clock.advance(timedelta(days=1))

    with hall.database.transaction() as uow:
        assert hotline.live_calls(uow, tenant_id="demo") == []
        assert hotline.call_backs(uow, tenant_id="demo") == []

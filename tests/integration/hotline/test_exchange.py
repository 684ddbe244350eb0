"""An exchange that fails, forgets or is asked twice; and a busy morning from end to end."""

from datetime import timedelta

import pytest

from tapline import clock, hotline, routing
from tapline.hotline import CallState, Outcome, PortCommand, RefusedCommandError, Stage
from tests.integration.hotline.hall import Hall


class Broken:
    """Takes an order and then fails to say so, or refuses a kind."""

    def __init__(self, hall: Hall, *, refuses: str = "", loses_answers: int = 0) -> None:
        self._hall = hall
        self._refuses = refuses
        self._loses_answers = loses_answers

    def execute(self, command: PortCommand) -> None:
        if command.kind == self._refuses:
            raise RefusedCommandError("no such telephone")
        self._hall.switchboard.execute(command)
        if self._loses_answers:
            self._loses_answers -= 1
            raise TimeoutError("nobody said that it was done")

    live_calls = None
    read = None


def test_an_order_whose_answer_was_lost_is_given_again_and_done_once(hall: Hall) -> None:
    hall.ports = {"sim": Broken(hall, loses_answers=3)}  # type: ignore[dict-item]
    ref = hall.call(keys="1")
    for _ in range(12):
        hall.pass_time(1)

    assert hall.call_of(ref).state is CallState.QUEUED
    asked = [event for event in hall.told if event.type == "call.digits"]
    assert len(asked) == 1


def test_a_telephone_that_cannot_be_rung_passes_the_call_on(hall: Hall) -> None:
    hall.ports = {"sim": Broken(hall, refuses="ring")}  # type: ignore[dict-item]
    hall.agent("lin.xia")
    hall.agent("bai.yu")
    ref = hall.call()
    hall.pass_time(2)

    assert hall.call_of(ref).state is CallState.QUEUED
    with hall.database.transaction() as uow:
        (waiting,) = routing.view(uow, tenant_id="demo").waiting
    assert waiting.wait_s <= 2, "its place is kept"


def test_a_bridge_that_fails_puts_the_caller_back_in_his_place(hall: Hall) -> None:
    hall.agent("lin.xia")
    ref = hall.call()
    hall.pass_time(2)
    before = hall.call_of(ref).effective_at
    hall.ports = {"sim": Broken(hall, refuses="bridge")}  # type: ignore[dict-item]
    hall.answer("lin.xia")

    call = hall.call_of(ref)
    assert call.state in {CallState.QUEUED, CallState.RINGING}
    assert call.effective_at == before


def test_a_call_that_the_exchange_forgot_ends_and_frees_its_agent(hall: Hall) -> None:
    hall.agent("lin.xia")
    ref = hall.call()
    hall.pass_time(2)
    hall.answer("lin.xia")
    del hall.switchboard.exchange.lines[ref]
    clock.advance(timedelta(seconds=90))

    assert hotline.end_lost_calls(hall.database, hall.ports, tenant_id="demo") == 1
    assert hotline.end_lost_calls(hall.database, hall.ports, tenant_id="demo") == 0
    hall.settle()

    record = hall.record(ref)
    assert (record.outcome, record.cause) == (Outcome.ANSWERED, "lost")
    assert hall.current("lin.xia").stage is Stage.WRAP_UP  # type: ignore[union-attr]


@pytest.mark.req("H53", "H117", "H131", "H197")
def test_eight_agents_and_thirty_calls_lose_nobody(hall: Hall) -> None:
    for number in range(8):
        hall.agent(f"agent{number}")
    refs = [
        hall.call(ani=f"138{number:08d}", keys="1230"[number % 4], talk_ms=45_000)
        for number in range(30)
    ]
    for _ in range(120):
        hall.pass_time(5)
        if hall.is_quiet():
            break
        for login in hall.agents:
            current = hall.current(login)
            if current is None:
                continue
            if current.stage is Stage.OFFERED:
                hall.answer(login)
            elif current.stage is Stage.WRAP_UP and current.call is not None:
                hall.dispose(login, current.call.call_id)
        talking = [hall.current(login) for login in hall.agents]
        on_line = [one.call.call_id for one in talking if one and one.call and not one.offer_id]
        assert len(on_line) == len(set(on_line)), "one call, one agent"

    outcomes = [hall.record(ref).outcome for ref in refs]
    assert set(outcomes) <= {Outcome.ANSWERED, Outcome.CALLBACK_REGISTERED}
    with hall.database.transaction() as uow:
        today = hotline.figures(uow, tenant_id="demo", day=clock.business_date(clock.now()))
        assert routing.view(uow, tenant_id="demo").waiting == []
    assert today.answered + today.call_backs == 30
    assert today.call_backs_reached == today.call_backs
    assert hall.is_quiet()
    assert hall.ringing() == []

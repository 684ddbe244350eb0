"""A simulated day: the same twice, and in the mean what queueing theory expects."""

from dataclasses import replace

import pytest

from tapline.routing import erlang
from tapline.routing.core import State
from tapline.routing.core.record import replay
from tapline.routing.simulation import Day, Desk, expected, run

# Nothing that theory does not know: nobody rings, misses, wraps up, or is promised a call.
PLAIN = Day(
    calls=6000,
    tickets=0,
    hours=(1,) * 50,
    talk_s=150,
    wrap_up_s=0,
    patience_s=None,
    pick_up_s=(0, 0),
    missed_percent=0,
    overflow_s=None,
)
"""120 calls an hour of 150 seconds: 5 erlang."""


def test_the_same_seed_is_the_same_day_and_another_seed_is_another() -> None:
    day = Day()
    first, second, other = run(day), run(day), run(replace(day, seed=8))
    assert first == second
    assert first.digest != other.digest


@pytest.mark.req("C54")
def test_every_call_and_ticket_of_the_day_has_come_to_an_end() -> None:
    outcome = run(Day())
    calls, tickets = outcome.calls, outcome.tickets
    assert (calls.offered, calls.waiting) == (800, 0)
    assert calls.answered + calls.abandoned + calls.short_abandoned + calls.left == 800
    assert (tickets.offered, tickets.answered) == (100, 100)
    assert outcome.callbacks.answered == outcome.callbacks.offered == calls.left


@pytest.mark.req("H385")
def test_eight_agents_connect_nine_callers_of_ten_in_the_busy_hour_and_five_do_not() -> None:
    """Less than 90 % connected in the busy hour, and the desk must be enlarged."""
    rates = {agents: run(Day(agents=agents)).busy_hour.connection_rate for agents in (5, 8)}
    assert (rates[8] or 0) >= 0.9 > (rates[5] or 0)


def test_without_impatience_the_waits_are_erlang_cs() -> None:
    """Fifty hours of waiting vary by a fifth from seed to seed; shares vary less."""
    day = replace(PLAIN, agents=8)
    found, due = run(day).calls, expected(day).patient
    assert found.asa_s == pytest.approx(due.asa_s, rel=0.25)
    assert found.service_level == pytest.approx(due.service_level, abs=0.02)
    assert found.occupancy == pytest.approx(due.occupancy, abs=0.02)


def test_with_impatience_as_many_hang_up_as_erlang_a_says() -> None:
    day = replace(PLAIN, agents=6, patience_s=90)
    found, due = run(day).calls, expected(day).impatient
    assert due is not None
    gave_up = (found.abandoned + found.short_abandoned) / found.offered
    assert gave_up == pytest.approx(due.abandoned, abs=0.015)
    assert found.asa_s == pytest.approx(due.asa_s, rel=0.15)
    assert found.occupancy == pytest.approx(due.occupancy, abs=0.03)


def test_where_nobody_waits_as_many_are_lost_as_erlang_b_says() -> None:
    day = replace(PLAIN, agents=6, patience_s=0.2)
    found = run(day).calls
    lost = found.short_abandoned / found.offered
    assert lost == pytest.approx(erlang.blocked(5, 6), abs=0.015)


def test_a_log_that_was_tampered_with_is_found_at_the_record() -> None:
    desk = Desk(Day().queues)
    assert replay(State(), desk.log).differs_at is None
    altered = [*desk.log]
    altered[1] = replace(altered[1], at_ms=5)
    assert replay(State(), altered).differs_at == 2
    assert replay(State(), desk.log[:1] + desk.log[2:]).differs_at == 2

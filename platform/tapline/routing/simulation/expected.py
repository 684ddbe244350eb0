"""The busy hour of a simulated day as theory sees it."""

from dataclasses import dataclass

from tapline.routing import erlang
from tapline.routing.erlang import Expectation
from tapline.routing.simulation.day import Day

WITHIN_S = 20


@dataclass(frozen=True, slots=True)
class Expected:
    """Agents do nothing but talk and wrap up; the ring and the 30 seconds are unknown to theory."""

    load: float
    """In erlang."""
    blocked: float
    """Erlang B: the share that would find all busy, if none could wait."""
    patient: Expectation
    impatient: Expectation | None
    """None where nobody hangs up."""


def expected(day: Day) -> Expected:
    """What Erlang's formulas say of the hour with the most calls."""
    calls_s = day.calls * max(day.hours) / sum(day.hours) / 3600
    handling_s = day.talk_s + day.wrap_up_s
    load = calls_s * handling_s
    return Expected(
        load,
        erlang.blocked(load, day.agents),
        erlang.patient(calls_s, handling_s, day.agents, WITHIN_S),
        None
        if day.patience_s is None
        else erlang.impatient(calls_s, handling_s, day.agents, day.patience_s, WITHIN_S),
    )

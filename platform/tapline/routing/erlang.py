"""What queueing theory expects of a hotline: Erlang's B and C, and Palm's A with impatience.

B and C: A. K. Erlang, 1917. A: C. Palm, 1946; notation and checks after A. Mandelbaum and
S. Zeltyn, *The Palm/Erlang-A Queue, with Applications to Call Centers*, 2005. All assume calls
that come independently of each other, and talks (and patience) of exponential length.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

_STEPS = 4000


@dataclass(frozen=True, slots=True)
class Expectation:
    """Shares from 0 to 1, of all calls; times in seconds."""

    waiting: float
    """Cannot be answered at once."""
    abandoned: float
    wait_s: float | None
    """Mean over all calls, whatever became of them; None where the queue grows without end."""
    asa_s: float | None
    """Mean over the answered; None likewise."""
    service_level: float
    """Answered within the time asked about, of all calls."""
    occupancy: float


def blocked(load: float, agents: int) -> float:
    """Erlang B: the share of calls that find every one of `agents` busy, when none may wait.

    `load` is in erlang: calls a second times seconds a call.
    """
    share = 1.0
    for busy in range(1, agents + 1):
        share = load * share / (busy + load * share)
    return share


def delayed(load: float, agents: int) -> float:
    """Erlang C: the share of calls that wait, when all wait; 1 from full load on."""
    if load >= agents:
        return 1.0
    share = blocked(load, agents)
    return agents * share / (agents - load * (1 - share))


def patient(calls_s: float, handling_s: float, agents: int, within_s: float) -> Expectation:
    """Erlang C: nobody ever hangs up. Beyond full load the queue grows without end.

    `calls_s` is calls a second.
    """
    load = calls_s * handling_s
    waiting = delayed(load, agents)
    if load >= agents:
        return Expectation(1.0, 0.0, None, None, 0.0, 1.0)
    drain_s = handling_s / (agents - load)
    late = waiting * math.exp(-within_s / drain_s)
    wait_s = waiting * drain_s
    return Expectation(waiting, 0.0, wait_s, wait_s, 1 - late, load / agents)


def impatient(
    calls_s: float, handling_s: float, agents: int, patience_s: float, within_s: float
) -> Expectation:
    """Erlang A: who waits hangs up after `patience_s` in the mean.

    The answered who waited have the density
    `p_n n mu exp(-(n mu + theta) s + (lambda / theta)(1 - exp(-theta s)))`,
    the sum over all queue lengths that a caller may find.
    """
    rate, leave = agents / handling_s, 1 / patience_s
    behind = _queued(calls_s, rate, leave)
    full = 1 / (1 / blocked(calls_s * handling_s, agents) + sum(behind))
    waiting = full * (1 + sum(behind))
    wait_s = full * sum(place * share for place, share in enumerate(behind, 1)) / calls_s
    abandoned = leave * wait_s

    def answered_at(wait_s: float) -> float:
        exponent = (calls_s / leave) * -math.expm1(-leave * wait_s) - (rate + leave) * wait_s
        return full * rate * math.exp(exponent)

    waited_s = _integral(lambda s: s * answered_at(s), _horizon_s(answered_at, handling_s))
    return Expectation(
        waiting=waiting,
        abandoned=abandoned,
        wait_s=wait_s,
        asa_s=waited_s / (1 - abandoned),
        service_level=1 - waiting + _integral(answered_at, within_s),
        occupancy=calls_s * handling_s * (1 - abandoned) / agents,
    )


def _queued(calls_s: float, rate: float, leave: float) -> list[float]:
    """How likely 1, 2, … callers wait, beside nobody waiting while all talk."""
    shares: list[float] = []
    share = 1.0
    while not shares or share > 1e-15 * max(shares):
        share *= calls_s / (rate + (len(shares) + 1) * leave)
        shares.append(share)
    return shares


def _horizon_s(density: Callable[[float], float], start_s: float) -> float:
    horizon_s = start_s
    while density(horizon_s) > 1e-14:
        horizon_s *= 2
    return horizon_s


def _integral(function: Callable[[float], float], upto: float) -> float:
    """From 0, by Simpson's rule."""
    step = upto / _STEPS
    inner = sum((4 if i % 2 else 2) * function(i * step) for i in range(1, _STEPS))
    return (function(0) + inner + function(upto)) * step / 3

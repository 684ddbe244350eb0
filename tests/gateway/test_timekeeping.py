"""Whoever asks for the time is told when his question came and when the answer left."""

import secrets
import time
from typing import Any

from tapline_gateway.link import Arrival
from tapline_gateway.protocol import TimeAnswer, TimeRequest, Topic
from tapline_gateway.reading import Letter
from tapline_gateway.timekeeping import BURST, EVERY_MS, WAITED_MS_MAX, Timekeeper
from tapline_sim.device_clock import DeviceClock
from tapline_sim.scenario import ClockFault
from tests.gateway.conftest import Bench, Newcomer


def question(req: int = 1, *, at_ms: int, device: str = "A", **more: Any) -> tuple[Arrival, Letter]:
    topic = Topic("demo", device, "up/time")
    values: dict[str, Any] = {"retained": False, "qos": 0, "mid": 0, "session": 1} | more
    arrival = Arrival(str(topic), b"", at_ms=at_ms, **values)
    return arrival, Letter(topic, b"", TimeRequest(req=req, t0_ms=77))


class Clock:
    def __init__(self) -> None:
        self.ms = 1_795_220_000_000

    def __call__(self) -> int:
        return self.ms


def told(keeper: Timekeeper, *asked: tuple[Arrival, Letter]) -> list[TimeAnswer]:
    answers = [one.message for one in keeper.answers(asked)]
    assert all(isinstance(one, TimeAnswer) for one in answers)
    return answers  # type: ignore[return-value]


def test_an_answer_says_how_long_the_question_lay_here() -> None:
    clock = Clock()
    (answer,) = told(Timekeeper(clock), question(7, at_ms=clock.ms - 130))
    assert (answer.req, answer.t0_ms) == (7, 77)
    assert answer.t2_ms - answer.t1_ms == 130


def test_a_question_that_lay_too_long_or_is_a_kept_copy_is_not_answered() -> None:
    clock = Clock()
    keeper = Timekeeper(clock)
    assert not told(keeper, question(at_ms=clock.ms - WAITED_MS_MAX - 1))
    assert not told(keeper, question(at_ms=clock.ms, retained=True))


def test_a_machine_that_asks_without_end_is_answered_now_and_then_and_no_other_pays_for_it() -> (
    None
):
    clock = Clock()
    keeper = Timekeeper(clock)

    def flood() -> list[TimeAnswer]:
        return told(keeper, *(question(n, at_ms=clock.ms) for n in range(1000)))

    assert len(flood()) == BURST
    assert len(told(keeper, question(at_ms=clock.ms, device="B"))) == 1
    clock.ms += EVERY_MS
    assert len(flood()) == 1


def test_half_the_way_there_and_back_sets_a_clock_right() -> None:
    """NTP's four moments: what the platform took in between is no delay of the network."""
    device = DeviceClock(ClockFault(offset_s=-7200))
    asked = device.question()
    came_ms = time.time_ns() // 1_000_000
    device.correct(TimeAnswer(req=asked.req, t0_ms=asked.t0_ms, t1_ms=came_ms, t2_ms=came_ms))
    assert abs(device.now().timestamp() - time.time()) < 60
    assert device.source == "ntp"


def test_a_device_is_told_over_the_broker(running: Bench, newcomer: Newcomer) -> None:
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    before_ms = time.time_ns() // 1_000_000
    device.say("up/time", {"v": 1, "req": 5, "t0_ms": 123})
    answer = device.heard("dn/time", req=5)
    assert answer["t0_ms"] == 123
    assert before_ms <= answer["t1_ms"] <= answer["t2_ms"]

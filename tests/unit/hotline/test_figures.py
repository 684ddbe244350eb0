"""The day's figures, by their printed definitions."""

from datetime import timedelta

from tapline.hotline import Direction, Outcome
from tapline.hotline.measures.rules import Handled, figures_of
from tests.unit.hotline.stories import START


def call(outcome: Outcome, wait_s: int = 0, talk_s: int = 0, wrap_s: int | None = None) -> Handled:
    return Handled(
        direction=Direction.IN,
        outcome=outcome,
        queued=outcome is not Outcome.REJECTED_CAP,
        wait_s=wait_s,
        talk_s=talk_s,
        ended_at=START,
        disposed_at=None if wrap_s is None else START + timedelta(seconds=wrap_s),
    )


CALLS = [
    call(Outcome.ANSWERED, wait_s=10, talk_s=100, wrap_s=20),
    call(Outcome.ANSWERED, wait_s=30, talk_s=200),
    call(Outcome.ABANDONED_QUEUE, wait_s=3),
    call(Outcome.ABANDONED_RING, wait_s=25),
    call(Outcome.CALLBACK_REGISTERED, wait_s=30),
    call(Outcome.REJECTED_CAP),
]


def test_short_abandons_are_left_out_and_blocked_calls_count_against() -> None:
    day = figures_of(CALLS, wrap_up_max_s=30)

    assert (day.arrived, day.offered, day.abandoned, day.abandoned_short) == (6, 5, 1, 1)
    assert day.connection_rate == 2 / 5
    assert day.service_level == 1 / 4


def test_a_call_back_that_reached_the_customer_recovers_one() -> None:
    back = Handled(
        direction=Direction.OUT,
        outcome=Outcome.ANSWERED,
        queued=False,
        wait_s=0,
        talk_s=60,
        ended_at=START,
        disposed_at=START,
    )

    day = figures_of([*CALLS, back], wrap_up_max_s=30)

    assert (day.connection_rate, day.recovered_rate) == (2 / 5, 3 / 5)


def test_times_are_means_of_the_answered_and_wrap_up_is_bounded() -> None:
    day = figures_of(CALLS, wrap_up_max_s=30)

    assert day.asa_s == 20
    assert day.aht_s == (100 + 20 + 200 + 30) / 2


def test_a_day_without_calls_has_no_rates() -> None:
    day = figures_of([], wrap_up_max_s=30)

    assert (day.connection_rate, day.asa_s, day.answered) == (None, None, 0)

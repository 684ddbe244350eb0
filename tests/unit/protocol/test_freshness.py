"""A copy of an old frame still verifies; these rules make it harmless."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import Hello, PresenceState, State, Totals
from tapline_gateway.protocol.freshness import (
    TelemetryWindow,
    hello_is_current,
    is_alive,
    presence_is_news,
    totals_hold,
)

ONLINE, OFFLINE, LOST = PresenceState.ONLINE, PresenceState.OFFLINE, PresenceState.LOST


def state(s: PresenceState, boot: int = 88, conn: int = 4) -> State:
    return State(s=s, boot=boot, conn=conn)


def hello(boot: int, seq_head: int) -> Hello:
    totals = Totals(n=0, fen=0, ml=0)
    return Hello(boot=boot, fw="1", hw="1", seq_head=seq_head, seq_acked=0, tot=totals)


def test_the_first_word_of_a_device_is_news() -> None:
    assert presence_is_news(None, state(ONLINE))


@pytest.mark.parametrize("end", [OFFLINE, LOST])
def test_a_connection_ends_once(end: PresenceState) -> None:
    assert presence_is_news(state(ONLINE), state(end))
    for late in PresenceState:
        assert not presence_is_news(state(end), state(late))


def test_a_will_of_an_earlier_connection_ends_nothing() -> None:
    assert not presence_is_news(state(ONLINE, conn=5), state(LOST, conn=4))
    assert not presence_is_news(state(ONLINE, boot=89, conn=1), state(LOST, boot=88, conn=9))


def test_a_later_connection_is_news_after_an_end() -> None:
    assert presence_is_news(state(LOST), state(ONLINE, conn=5))
    assert presence_is_news(state(OFFLINE), state(ONLINE, boot=89, conn=1))


@given(st.permutations([state(s, 1, conn) for s in PresenceState for conn in (1, 2, 3)]))
def test_whatever_the_order_the_last_connection_ends_up_closed(said: list[State]) -> None:
    known: State | None = None
    for one in said:
        known = one if presence_is_news(known, one) else known

    assert known is not None
    assert known.conn == 3
    assert known.s in (OFFLINE, LOST)


def test_a_hello_may_repeat_itself_and_not_fall_back() -> None:
    assert hello_is_current(None, hello(1, 0))
    assert hello_is_current((88, 10), hello(88, 10))
    assert hello_is_current((88, 10), hello(89, 10))
    assert not hello_is_current((88, 10), hello(88, 9))
    assert not hello_is_current((88, 10), hello(87, 11))


def test_a_device_that_lost_its_memory_is_heard_at_its_next_boot() -> None:
    assert hello_is_current((88, 10), hello(89, 0))


@pytest.mark.parametrize("field", ["n", "fen", "ml"])
def test_no_lifetime_counter_falls(field: str) -> None:
    seen = Totals(n=7, fen=700, ml=10500)
    less = {"n": 8, "fen": 800, "ml": 12000, field: getattr(seen, field) - 1}

    assert totals_hold(None, seen)
    assert totals_hold(seen, seen)
    assert totals_hold(seen, Totals(n=8, fen=800, ml=12000))
    assert not totals_hold(seen, Totals(**less))


def test_what_has_an_end_is_done_before_it() -> None:
    now = datetime(2026, 11, 21, 0, 15, tzinfo=UTC)

    assert is_alive("2026-11-21T08:15:00.001+08:00", now)
    assert not is_alive("2026-11-21T08:15:00.000+08:00", now)
    assert not is_alive(None, now)
    assert not is_alive("tomorrow", now)


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 40)), max_size=60))
def test_a_reading_counts_once_whatever_the_order(arrivals: list[tuple[int, int]]) -> None:
    window = TelemetryWindow(size=1000)
    counted = [key for key in arrivals if window.admit(*key)]

    assert sorted(counted) == sorted(set(arrivals))


@given(st.lists(st.integers(0, 100), max_size=80))
def test_a_small_window_never_counts_twice(arrivals: list[int]) -> None:
    window = TelemetryWindow(size=4)
    counted = [up_ms for up_ms in arrivals if window.admit(1, up_ms)]

    assert len(counted) == len(set(counted))

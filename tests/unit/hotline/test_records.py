"""A call's record does not depend on the order or number in which its events arrive."""

from hypothesis import given
from hypothesis import strategies as st

from tapline.hotline import Outcome
from tapline.hotline.records.rules import DECIDED, record_of
from tests.unit.hotline.stories import AGENT, answered_call, at, event


def test_the_detail_record_knows_best_and_the_rest_fills_in() -> None:
    record = record_of(answered_call())

    assert record.outcome is Outcome.ANSWERED
    assert (record.arrived_at, record.ended_at) == (at(0.5), at(85.5))
    assert (record.wait_s, record.ring_s, record.talk_s, record.hold_s) == (23, 5, 60, 10)
    assert (record.agent_id, record.keys, record.hangup_side) == (AGENT, "1", "customer")


@given(st.permutations(answered_call()), st.data())
def test_any_order_with_any_repetition_gives_the_same_record(
    order: list[object], data: st.DataObject
) -> None:
    repeated = data.draw(st.lists(st.sampled_from(order), max_size=5))

    # Repeated moments add nothing: keys alone would, and those are kept once by their id.
    again = [one for one in repeated if one.kind != "call.digits"]  # type: ignore[attr-defined]
    assert record_of([*order, *again]) == record_of(answered_call())  # type: ignore[list-item]


def test_a_hang_up_that_overtakes_the_answer_does_not_make_it_abandoned() -> None:
    events = [
        event("call.arrived", 0),
        event("call.ended", 30),
        event(DECIDED, 30, outcome="abandoned_ring"),
        event("call.answered", 10),
    ]

    assert record_of(events).outcome is Outcome.ANSWERED


def test_without_a_word_of_ours_the_furthest_point_says_where_he_gave_up() -> None:
    arrived, queued = event("call.arrived", 0), event("call.queued", 5)
    ringing, ended = event("call.ringing", 8), event("call.ended", 9)

    assert record_of([arrived, ended]).outcome is Outcome.ABANDONED_IVR
    assert record_of([arrived, queued, ended]).outcome is Outcome.ABANDONED_QUEUE
    assert record_of([arrived, queued, ringing, ended]).outcome is Outcome.ABANDONED_RING


def test_a_disposition_of_the_provider_that_we_do_not_know_is_no_outcome() -> None:
    events = [event("call.arrived", 0), event("call.ended", 5, result={"disposition": "weird"})]

    assert record_of(events).outcome is Outcome.ABANDONED_IVR


def test_a_call_that_goes_on_has_no_outcome() -> None:
    assert record_of([event("call.arrived", 0), event("call.answered", 5)]).outcome is None

"""A fact sent again is the same fact; one that says something else is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import Card, CardKind, Fact, FactOp, FactStatus, Totals, content_hash
from tapline_gateway.protocol.codec import decode_txn
from tapline_gateway.protocol.content import canonical_form
from tapline_gateway.protocol.examples import FACT
from tests.unit.protocol.strategies import facts, replaced


def test_the_hash_is_the_one_that_stored_facts_are_compared_with() -> None:
    assert content_hash(FACT).hex() == (
        "208e4b8c223297478d5e47c7e90514d81cc180981b7fb57b34f33b698e9c1f82"
    )


@given(facts(), st.booleans(), st.sampled_from(["ntp", "rtc", None]), st.integers(0, 10**6))
def test_how_it_was_sent_plays_no_part(fact: Fact, off: bool, clk: str | None, n: int) -> None:
    again = replaced(fact, off=off, clk=clk, ml_req=n, boot=n)

    assert content_hash(again) == content_hash(fact)


def test_unknown_fields_and_the_batch_around_play_no_part() -> None:
    sent = b'{"seq":1,"card":{"no":"8","kind":"m1"%b},"amt":100,"ml":9,"status":"ok"%b}'
    frame = decode_txn(
        b'{"boot":1,"facts":[%b,%b]}' % (sent % (b"", b""), sent % (b',"uid":"04"', b',"x":[1]'))
    )
    first, second = frame.facts

    assert isinstance(first, Fact)
    assert isinstance(second, Fact)
    assert content_hash(first) == content_hash(second)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 10235},
        {"op": FactOp.LOAD},
        {"card": Card(no="88001235", kind=CardKind.CPU)},
        {"card": Card(no="88001234", kind=CardKind.M1)},
        {"atc": 413},
        {"atc": None},
        {"bal_before": 5231},
        {"amt": 101},
        {"bal_after": 5131},
        {"tariff": 8},
        {"ml": 1501},
        {"pulses": 676},
        {"nozzle": 1},
        {"status": FactStatus.PARTIAL},
        {"auth": "h"},
        {"load": "h"},
        {"tot": Totals(n=55122, fen=6120334, ml=81233400)},
        {"tot": None},
        {"tac": "9F3C2A11"},
        {"tac": None},
        {"ts": "2026-11-21T08:15:02.121+08:00"},
        {"ts": None},
    ],
)
def test_whatever_happened_otherwise_is_another_fact(change: dict[str, Any]) -> None:
    assert content_hash(replaced(FACT, **change)) != content_hash(FACT)


@given(facts(), facts())
def test_two_facts_share_a_form_only_when_they_say_the_same(one: Fact, other: Fact) -> None:
    outside = {"off": False, "clk": None, "ml_req": None, "boot": None}
    same = replaced(one, **outside) == replaced(other, **outside)

    assert (canonical_form(one) == canonical_form(other)) == same


def test_text_cannot_pretend_to_be_another_field() -> None:
    posing = replaced(FACT, auth="a\nload=s1:b", load=None)
    honest = replaced(FACT, auth="a", load="b")

    assert content_hash(posing) != content_hash(honest)

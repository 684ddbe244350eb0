"""A batch with a broken fact still brings the good ones, and the broken one can be answered."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import (
    BATCH_FACTS_MAX,
    BrokenFact,
    Fact,
    ProtocolError,
    SchemaError,
    TxnBatch,
    TxnFrame,
    decode_txn,
    encode,
)
from tapline_gateway.protocol.examples import FACT
from tests.unit.protocol.strategies import facts

GOOD: dict[str, Any] = json.loads(encode(TxnBatch(boot=1, facts=[FACT])))["facts"][0]


def body(*facts: object, **envelope: object) -> bytes:
    return json.dumps({"v": 1, "boot": 88, "facts": facts, **envelope}).encode()


@given(st.lists(facts(), max_size=3))
def test_a_good_batch_is_read_as_it_was_sent(sent: list[Fact]) -> None:
    assert decode_txn(encode(TxnBatch(boot=88, facts=sent))) == TxnFrame(boot=88, facts=[*sent])


@pytest.mark.parametrize(
    "broken",
    [
        {**GOOD, "seq": 7, "amt": "100"},
        {**GOOD, "seq": 7, "amt": 1.5},
        {**GOOD, "seq": 7, "amt": True},
        {**GOOD, "seq": 7, "amt": -100},
        {**GOOD, "seq": 7, "amt": 2**63},
        {**GOOD, "seq": 7, "status": "spilled"},
        {**GOOD, "seq": 7, "card": {"no": "88\n", "kind": "cpu"}},
        {**GOOD, "seq": 7, "card": {"no": "88/../1", "kind": "cpu"}},
        {**GOOD, "seq": 7, "auth": "\0"},
        {**GOOD, "seq": 7, "later": 0.1},
        {"seq": 7},
    ],
)
def test_a_broken_fact_is_kept_with_its_seq_beside_the_good_ones(broken: dict[str, Any]) -> None:
    frame = decode_txn(body(GOOD, broken, {**GOOD, "seq": 10235}))

    first, second, third = frame.facts
    assert first == FACT
    assert isinstance(second, BrokenFact)
    assert second.seq == 7
    assert second.reason
    assert json.loads(second.raw) == broken
    assert isinstance(third, Fact)
    assert third.seq == 10235


@pytest.mark.parametrize("broken", [None, 5, "x", [], {}, {"seq": "7"}, {"seq": 0}, {"seq": 7.5}])
def test_a_fact_without_a_readable_seq_is_kept_all_the_same(broken: object) -> None:
    only = decode_txn(body(broken)).facts[0]

    assert isinstance(only, BrokenFact)
    assert only.seq is None
    assert json.loads(only.raw) == broken


def test_text_that_is_not_utf8_spoils_its_own_fact_alone() -> None:
    spoilt = body(GOOD, {**GOOD, "seq": 7, "clk": "?"}).replace(b'"?"', b'"\xff"')

    good, broken = decode_txn(spoilt).facts

    assert good == FACT
    assert isinstance(broken, BrokenFact)
    assert broken.seq == 7


def test_a_seq_that_is_not_even_text_is_no_seq() -> None:
    spoilt = body({**GOOD, "seq": "?"}).replace(b'"?"', b'"\xff"')

    only = decode_txn(spoilt).facts[0]

    assert isinstance(only, BrokenFact)
    assert only.seq is None


def test_a_batch_whose_own_text_is_not_utf8_is_refused() -> None:
    with pytest.raises(SchemaError):
        decode_txn(body(GOOD, boot="?").replace(b'"?"', b'"\xff"'))


@pytest.mark.parametrize(
    "envelope",
    [{"v": 2}, {"boot": None}, {"boot": -1}, {"boot": 1.0}, {"facts": "nonsense"}, {"facts": None}],
)
def test_a_batch_that_cannot_be_read_is_refused_with_a_reason(envelope: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        decode_txn(body(GOOD, **envelope))


def test_a_batch_holds_no_more_facts_than_the_contract_says() -> None:
    assert len(decode_txn(body(*[GOOD] * BATCH_FACTS_MAX)).facts) == BATCH_FACTS_MAX
    with pytest.raises(SchemaError):
        decode_txn(body(*[GOOD] * (BATCH_FACTS_MAX + 1)))


@given(st.binary())
def test_any_bytes_are_a_batch_or_an_error_of_the_protocol(garbage: bytes) -> None:
    for candidate in (garbage, b'{"boot":1,"facts":[' + garbage + b"]}"):
        try:
            frame = decode_txn(candidate)
        except ProtocolError:
            continue
        assert all(isinstance(fact, Fact | BrokenFact) for fact in frame.facts)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21T08:15:02.120+08:00", datetime(2026, 11, 21, 0, 15, 2, 120000, UTC)),
        ("2026-11-21T00:15:02Z", datetime(2026, 11, 21, 0, 15, 2, tzinfo=UTC)),
        ("1970-01-01T00:00:07.000+00:00", datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC)),
        ("0001-01-01T00:00:00+08:00", None),
        ("9999-12-31T23:59:59-10:00", None),
        ("2026-11-21T08:15:02", None),
        ("2026-02-30T08:15:02+08:00", None),
        ("clock not set", None),
        ("", None),
        (None, None),
    ],
)
def test_money_is_read_whatever_the_clock_says(text: str | None, moment: datetime | None) -> None:
    fact = decode_txn(body({**GOOD, "ts": text})).facts[0]

    assert isinstance(fact, Fact)
    assert fact.ts == text
    assert fact.moment == moment
    assert fact.amt == 100

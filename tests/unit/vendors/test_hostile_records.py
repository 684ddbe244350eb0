"""Whatever bytes come in under a maker's name: read, or refused with a reason, and nothing else."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tapline_gateway.protocol import Fact, TxnFrame
from tapline_gateway.vendors import ADAPTERS, UnreadableError, hdlc, yunshui
from tests.gateway.makers import cloud_sale, crc_x25, frame, record, sale
from tests.unit.vendors.test_golden import GOLDEN

MACHINE = "000024010007"
SAMPLES = [(path.parent.name, path.read_bytes()) for path in GOLDEN]
ADDRESSES = {"lanjing": "lj/LJ24010007/record", "tieshan": "", "yunshui": ""}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


def facts(vendor: str, raw: bytes) -> list[Fact]:
    """The facts in a record; none where it is refused. Anything else fails the test."""
    try:
        said = ADAPTERS[vendor].read(ADDRESSES[vendor], raw)
    except UnreadableError:
        return []
    assert said.foreign_id
    message = said.message
    return (
        [one for one in message.facts if isinstance(one, Fact)]
        if isinstance(message, TxnFrame)
        else []
    )


@given(st.sampled_from(sorted(ADAPTERS)), st.binary(max_size=600))
@example("lanjing", b"[" * 9000)
@example("yunshui", b"\xff\xfe{}")
@example("tieshan", b"\x7d")
def test_arbitrary_bytes_are_refused_with_a_reason(vendor: str, raw: bytes) -> None:
    assert facts(vendor, raw) == []


@given(st.sampled_from(SAMPLES), st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_damaged_record_is_refused_or_within_the_bounds_of_the_contract(
    sample: tuple[str, bytes], at: int, patch: bytes
) -> None:
    vendor, raw = sample
    at %= len(raw)

    for fact in facts(vendor, raw[:at] + patch + raw[at + len(patch) :]):
        assert 0 <= fact.amt <= 10**9
        assert 1 <= fact.seq <= 2**53 - 1


@given(st.sampled_from(["lanjing", "yunshui"]), st.data())
def test_any_value_in_any_field_is_read_or_refused(vendor: str, data: st.DataObject) -> None:
    told: dict[str, Any] = (
        sale(7, card="88001234", before="52.30", after="51.30")
        if vendor == "lanjing"
        else cloud_sale("7", dev="YS-1", card="88001234")
    )
    field = data.draw(st.sampled_from(sorted(told)))
    told[field] = data.draw(json_values)

    for fact in facts(vendor, json.dumps(told).encode()):
        assert 0 <= fact.amt <= 10**9
        assert 1 <= fact.seq <= 2**53 - 1


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_any_number_in_a_frame_that_fits_is_read_or_refused(cost: int, ml: int, kind: int) -> None:
    body = record(7, card="88001234", before=2**32 - 1, cost=cost % 2**31, ml=ml)

    for fact in facts("tieshan", frame(kind, MACHINE, 1, body)[1:-1]):
        assert fact.amt == cost % 2**31
        assert fact.ml == ml


@given(st.binary(min_size=1, max_size=200))
def test_a_frame_carries_any_bytes(body: bytes) -> None:
    travelled = hdlc.framed(body)

    assert hdlc.crc16_x25(body) == crc_x25(body)
    assert travelled[1:-1].count(hdlc.FLAG) == 0
    assert hdlc.content(travelled[1:-1]) == body


def test_the_checksum_is_the_one_that_the_standard_calls_x25() -> None:
    assert hdlc.crc16_x25(b"123456789") == 0x906E


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=5), st.integers(1, 17))
def test_frames_are_the_same_however_their_bytes_come_in(bodies: list[bytes], step: int) -> None:
    stream = b"".join(hdlc.framed(body) for body in bodies)
    frames = hdlc.Frames()

    cut = [
        frame for at in range(0, len(stream), step) for frame in frames.feed(stream[at : at + step])
    ]

    assert [hdlc.content(frame) for frame in cut] == bodies
    assert not frames.is_inside


def test_a_stream_without_an_end_is_cut_off_and_not_kept() -> None:
    frames = hdlc.Frames()
    list(frames.feed(b"\x7e"))

    def endless() -> None:
        for _ in range(10_000):
            list(frames.feed(b"x" * 100))

    tracemalloc.start()
    with pytest.raises(hdlc.FrameError, match="without a flag"):
        endless()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 100_000


@given(json_values | st.fixed_dictionaries({"records": json_values}))
def test_any_json_is_a_push_or_refused(told: Any) -> None:
    try:
        records = yunshui.records(json.dumps(told).encode())
    except UnreadableError:
        return
    assert len(records) <= yunshui.RECORDS_MAX

"""Only the holder of the key can say something in a device's name, and only where he says it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import (
    FRAME_BYTES_MAX,
    FrameError,
    ProtocolError,
    SignatureError,
    TooBigError,
    open_frame,
    seal,
    split,
)

KEY = bytes(range(32))
TOPIC = "tl1/demo/WD-0001/up/tot"
BODY = b'{"v":1,"boot":3,"n":7,"fen":700,"ml":10500}'
FRAME = b"Nlsv2gfYe3pF2tpg_b4CuyevlvlLZQwMvt2B-Yc8Zv8." + BODY


def test_the_published_test_vector_holds() -> None:
    assert seal(KEY, TOPIC, BODY) == FRAME
    assert open_frame(KEY, TOPIC, FRAME) == BODY


@given(st.binary(max_size=200))
def test_what_was_sealed_opens(body: bytes) -> None:
    assert open_frame(KEY, TOPIC, seal(KEY, TOPIC, body)) == body


@given(st.integers(0, len(FRAME) - 1), st.integers(1, 255))
def test_a_frame_with_one_changed_byte_never_opens(at: int, change: int) -> None:
    forged = FRAME[:at] + bytes([FRAME[at] ^ change]) + FRAME[at + 1 :]

    with pytest.raises((SignatureError, FrameError)):
        open_frame(KEY, TOPIC, forged)


@given(st.integers(0, len(FRAME) - 1))
def test_a_truncated_frame_never_opens(length: int) -> None:
    with pytest.raises((SignatureError, FrameError)):
        open_frame(KEY, TOPIC, FRAME[:length])


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_an_error_of_the_protocol(garbage: bytes) -> None:
    with pytest.raises(ProtocolError):
        open_frame(KEY, TOPIC, garbage)


@pytest.mark.parametrize(
    "topic",
    ["tl1/demo/WD-0002/up/tot", "tl1/other/WD-0001/up/tot", "tl1/demo/WD-0001/up/txn"],
)
def test_a_frame_copied_to_another_topic_does_not_open(topic: str) -> None:
    with pytest.raises(SignatureError):
        open_frame(KEY, topic, FRAME)


def test_another_devices_key_does_not_open_it() -> None:
    with pytest.raises(SignatureError):
        open_frame(bytes(32), TOPIC, FRAME)


def test_a_key_of_the_wrong_length_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(b"short", TOPIC, BODY)


def test_a_frame_may_be_as_long_as_the_limit_and_not_longer() -> None:
    longest = seal(KEY, TOPIC, b"x" * (FRAME_BYTES_MAX - 44))

    assert len(longest) == FRAME_BYTES_MAX
    assert len(open_frame(KEY, TOPIC, longest)) == FRAME_BYTES_MAX - 44
    with pytest.raises(TooBigError):
        open_frame(KEY, TOPIC, longest + b"x")
    with pytest.raises(TooBigError):
        seal(KEY, TOPIC, b"x" * (FRAME_BYTES_MAX - 43))


def test_a_frame_can_be_addressed_without_its_key() -> None:
    assert split(FRAME) == (FRAME[:43], BODY)

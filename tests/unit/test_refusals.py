"""Why a message was not understood is told in the reader's language, with what was met."""

import msgspec
import pytest

from tapline_api.localisation import catalog
from tapline_api.refusals import told
from tapline_gateway.protocol import ProtocolError, decode, open_frame
from tapline_gateway.protocol.topics import Topic

_ZH = catalog("zh_CN").gettext


def refusal(name: str, body: bytes) -> str:
    with pytest.raises(ProtocolError) as error:
        decode(name, body)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("up/poetry", b"{}"),
        ("up/hello", b"{"),
        ("up/hello", b"nonsense"),
        ("up/hello", b'{"v":1}'),
        ("up/hello", b'{"v":"1"}'),
        ("up/hello", b'{"v":1.5}'),
        ("up/hello", b"\xff"),
        ("up/hello", b"[" * 100),
        ("up/hello", b'["\\u0000"]'),
    ],
)
def test_what_the_gateway_refuses_is_told_in_chinese(name: str, body: bytes) -> None:
    reason = refusal(name, body)
    assert any("一" <= letter <= "鿿" for letter in told(reason, _ZH)), reason


def test_frames_and_topics_are_told_too() -> None:
    with pytest.raises(ProtocolError) as frame:
        open_frame(b"0" * 32, "tl1/demo/A/up/txn", b"no frame")
    with pytest.raises(ProtocolError) as topic:
        Topic.parse("home/kitchen/lamp")
    for error in (frame, topic):
        assert told(str(error.value), _ZH) != str(error.value)
    assert "home/kitchen/lamp" in told(str(topic.value), _ZH)


def test_what_was_met_stays_and_each_record_has_its_own_reason() -> None:
    missing = "Object missing required field `atc`"
    reason = f"fact 7: {missing}; fact 8: a NUL character in a string: leave it out"
    said = told(f"{reason} (and 12 more of this sender, not kept)", _ZH)
    assert "7" in said
    assert "atc" in said
    assert "8" in said
    assert "12" in said
    assert "fact" not in said


def test_what_nobody_knows_is_shown_as_it_was_written() -> None:
    assert told("lamp: purple", _ZH) == "lamp: purple"


def test_a_reason_of_a_message_cannot_break_the_page() -> None:
    hostile = "not a time such as 2026-11-21T08:15:02.120+08:00: '%(x)s %d'"
    assert "%(x)s %d" in told(hostile, _ZH)
    assert msgspec.json.encode(told(hostile, _ZH))

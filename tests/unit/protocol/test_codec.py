"""Whatever arrives becomes a message or a reason, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import (
    MESSAGES,
    NESTING_MAX,
    ProtocolError,
    SchemaError,
    Telemetry,
    TotalsReport,
    UnknownMessageError,
    decode,
    decode_txn,
    encode,
)
from tests.unit.protocol.strategies import messages

NAMES = sorted(MESSAGES)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("name", NAMES)
def test_every_message_comes_back_as_it_was_sent(name: str) -> None:
    @given(messages(name))
    def comes_back(message: object) -> None:
        assert decode(name, encode(message)) == message  # type: ignore[arg-type]

    comes_back()


def test_a_body_is_compact_and_says_its_version_first() -> None:
    message = TotalsReport(boot=3, n=7, fen=700, ml=10500)

    assert encode(message) == b'{"v":1,"boot":3,"n":7,"fen":700,"ml":10500}'


def read_or_refuse(name: str, body: bytes) -> None:
    """Any other exception than a `ProtocolError` fails the test."""
    try:
        message = decode(name, body)
    except ProtocolError:
        return
    assert isinstance(message, MESSAGES[name])


@given(st.sampled_from(NAMES), st.binary())
def test_any_bytes_are_a_message_or_an_error_of_the_protocol(name: str, body: bytes) -> None:
    read_or_refuse(name, body)


@given(st.sampled_from(NAMES), JSON)
def test_any_json_is_a_message_or_an_error_of_the_protocol(name: str, value: object) -> None:
    read_or_refuse(name, json.dumps(value).encode())


@given(st.data(), st.sampled_from(NAMES))
def test_a_damaged_message_is_a_message_or_an_error_of_the_protocol(
    data: st.DataObject, name: str
) -> None:
    body = bytearray(encode(data.draw(messages(name))))
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=5)):
        body[at] = data.draw(st.integers(0, 255))
    read_or_refuse(name, bytes(body))


@given(st.data(), st.sampled_from(NAMES), JSON)
def test_a_message_with_a_strange_value_is_a_message_or_an_error_of_the_protocol(
    data: st.DataObject, name: str, value: object
) -> None:
    document = json.loads(encode(data.draw(messages(name))))
    document[data.draw(st.sampled_from(sorted(document)))] = value
    read_or_refuse(name, json.dumps(document).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"v":1,"boot":3,"n":7,"fen":700}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":10500}x',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":10500.0}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":1e4}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":1E4}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":true}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":"10500"}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":-1}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":9007199254740992}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":99999999999999999999999999}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":NaN}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":1,"later":0.5}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":1,"later":"\\u0000"}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":1,"later":"\xff"}',
        b'{"v":1,"boot":3,"n":7,"fen":700,"ml":1,"ml":0.5}',
        b'\xef\xbb\xbf{"v":1,"boot":3,"n":7,"fen":700,"ml":1}',
    ],
)
def test_what_is_not_the_message_is_refused(body: bytes) -> None:
    with pytest.raises(SchemaError):
        decode("up/tot", body)


@pytest.mark.parametrize(
    "text", ["3.5", "1e9", '\\"1.5', "a\\\\", "{[{[{[{[{[", "\\u4e0a\\u6d77", "水"]
)
def test_text_may_look_like_numbers_and_brackets(text: str) -> None:
    body = f'{{"boot":3,"n":7,"fen":700,"ml":10500,"later":"{text}"}}'.encode()

    assert decode("up/tot", body) == TotalsReport(boot=3, n=7, fen=700, ml=10500)


@pytest.mark.parametrize("version", [b"99", b"0", b'"1"', b"null"])
def test_another_version_is_refused_by_that_name(version: bytes) -> None:
    with pytest.raises(SchemaError, match="send v = 1"):
        decode("up/tot", b'{"v":%b,"boot":3,"n":7,"fen":700,"ml":1}' % version)


def test_a_field_added_later_is_ignored_and_a_missing_version_is_the_first() -> None:
    body = b'{"boot":3,"n":7,"fen":700,"ml":10500,"later":{"a":[1,null]}}'

    assert decode("up/tot", body) == TotalsReport(boot=3, n=7, fen=700, ml=10500)


def test_a_name_without_a_message_is_refused_by_another_code() -> None:
    with pytest.raises(UnknownMessageError) as refused:
        decode("up/coffee", b"{}")

    assert refused.value.code == "E_UNKNOWN"


@pytest.mark.parametrize("opening", [b"{", b"[", b'{"a":', b'[{"a":', b"[[]", b'{"a\\"":['])
def test_fifty_thousand_brackets_are_refused_before_any_decoder_sees_them(opening: bytes) -> None:
    for body in (opening * 50_000, b'{"v":1,"boot":1,"facts":' + opening * 50_000):
        with pytest.raises(SchemaError, match="nested deeper"):
            decode("up/txn", body)
        with pytest.raises(SchemaError, match="nested deeper"):
            decode_txn(body)


def test_nesting_is_allowed_up_to_the_limit() -> None:
    def nested(depth: int) -> bytes:
        lists = depth - 1
        return b'{"boot":3,"n":7,"fen":1,"ml":1,"later":' + b"[" * lists + b"]" * lists + b"}"

    assert decode("up/tot", nested(NESTING_MAX)) == TotalsReport(boot=3, n=7, fen=1, ml=1)
    with pytest.raises(SchemaError, match="nested deeper"):
        decode("up/tot", nested(NESTING_MAX + 1))


def test_a_sensor_that_cannot_be_read_costs_no_other_reading() -> None:
    body = b'{"boot":1,"up_ms":5,"m":{"tds_in":182,"tds_out":null,"p_in_kpa":"E7","leak":false}}'
    message = decode("up/tele", body)

    assert isinstance(message, Telemetry)
    assert message.readings == {"tds_in": 182}

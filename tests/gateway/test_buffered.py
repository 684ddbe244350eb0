"""Messages that go past paho are the ones that paho would have read."""

from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion

from tapline_gateway.buffered import BufferedClient, Published

messages = st.builds(
    Published,
    topic=st.text(max_size=40).map(str.encode),
    payload=st.binary(max_size=400),
    retained=st.booleans(),
    qos=st.sampled_from([0, 1]),
    mid=st.integers(1, 0xFFFF),
).map(lambda one: one if one.qos else one._replace(mid=0))


def packet(one: Published) -> bytes:
    """As it stands on the wire (MQTT 3.1.1, 3.3)."""
    mid = one.mid.to_bytes(2, "big") if one.qos else b""
    content = len(one.topic).to_bytes(2, "big") + one.topic + mid + one.payload
    left, digits = len(content), b""
    while True:
        left, digit = divmod(left, 128)
        digits += bytes([digit | (0x80 if left else 0)])
        if not left:
            return bytes([0x30 | one.qos << 1 | one.retained]) + digits + content


def client(unread: bytes) -> BufferedClient:
    made = BufferedClient(CallbackAPIVersion.VERSION2)
    made._unread = unread
    return made


@given(st.lists(messages, max_size=8), st.data())
def test_what_is_whole_is_taken_and_what_is_not_is_left(
    said: list[Published], data: st.DataObject
) -> None:
    packets = [packet(one) for one in said]
    stream = b"".join(packets)
    cut = data.draw(st.integers(0, len(stream)))
    reader = client(stream[:cut])

    taken = reader.published(100)

    assert taken == said[: len(taken)]
    assert len(b"".join(packets[: len(taken)])) <= cut
    assert len(b"".join(packets[: len(taken) + 1])) > cut or taken == said
    assert reader._at == len(b"".join(packets[: len(taken)]))


@given(messages, st.sampled_from([b"\xd0\x00", b"\x40\x02\x00\x01", b"\x34\x05\x00\x01a\x00\x01"]))
def test_what_is_no_message_of_qos_0_or_1_is_left_to_paho(said: Published, other: bytes) -> None:
    reader = client(packet(said) + other + packet(said))

    assert reader.published(100) == [said]
    assert reader._at == len(packet(said))


@given(st.binary(max_size=60))
def test_any_bytes_are_taken_apart_or_left(raw: bytes) -> None:
    reader = client(b"\x30" + raw)

    for one in reader.published(100):
        assert one.qos in {0, 1}
    assert 0 <= reader._at <= len(raw) + 1


@given(st.lists(messages, min_size=2, max_size=5))
def test_no_more_are_taken_than_were_asked_for(said: list[Published]) -> None:
    reader = client(b"".join(map(packet, said)))

    assert reader.published(1) == said[:1]
    assert reader.published(100) == said[1:]
    assert not reader.has_unread

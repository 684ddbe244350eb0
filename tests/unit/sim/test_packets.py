"""The simulator speaks MQTT by itself: read back however it is cut, and rubbish is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_sim.uplink import packets
from tapline_sim.uplink.packets import Greeting, Kind, PacketError

VERSIONS = st.sampled_from([4, 5])
TOPICS = st.text(min_size=1, max_size=40)


@given(TOPICS, st.binary(max_size=300), st.none() | st.integers(1, 65_535), VERSIONS, st.data())
def test_a_message_is_read_back_however_the_line_cuts_it(
    topic: str, payload: bytes, mid: int | None, version: int, data: st.DataObject
) -> None:
    sent = packets.publish(topic, payload, mid=mid, retain=False, version=version) + packets.PINGREQ
    buffer, taken = bytearray(), []
    while sent:
        size = data.draw(st.integers(1, len(sent)))
        buffer += sent[:size]
        sent = sent[size:]
        while (packet := packets.take(buffer)) is not None:
            taken.append(packet)
    assert [packet.kind for packet in taken] == [Kind.PUBLISH, Kind.PINGREQ]
    assert packets.read_publish(taken[0], version) == (topic, payload, mid)


def test_a_broker_of_version_5_says_how_much_may_be_under_way() -> None:
    maximum, text = b"\x21\x00\x07", b"\x1f\x00\x02no"
    assert packets.read_welcome(b"\x00\x00\x08" + text + maximum, 5) == (0, 7)
    assert packets.read_welcome(b"\x00\x00\x00", 5) == (0, 65_535)
    assert packets.read_welcome(b"\x00\x05", 4) == (5, packets.RECEIVE_MAX)


def test_a_session_is_kept_or_begun_anew_as_asked() -> None:
    kept = Greeting("d", "u", "p", version=4, keepalive_s=60, session_s=60)
    assert packets.connect(kept)[9] == 0xC0
    assert packets.connect(kept._replace(session_s=0))[9] == 0xC2
    assert packets.connect(kept._replace(will=("t", b"w")))[9] == 0xEC
    assert b"\x05\x11\x00\x00\x00\x3c" in packets.connect(kept._replace(version=5))


@given(st.binary(max_size=80), VERSIONS)
def test_rubbish_is_refused_and_nothing_else_happens(rubbish: bytes, version: int) -> None:
    buffer = bytearray(rubbish)
    try:
        while (packet := packets.take(buffer)) is not None:
            for read in (packets.read_publish, lambda one, _: packets.read_mid(one.body)):
                read(packet, version)
            packets.read_welcome(packet.body, version)
    except PacketError:
        return


def test_a_length_without_an_end_is_no_packet() -> None:
    with pytest.raises(PacketError):
        packets.take(bytearray(b"\x30\xff\xff\xff\xff\x01"))

"""Frames as they stand in the field: what devices out there say must stay readable for ever."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tapline_gateway.protocol import MESSAGES, Topic, decode, encode, open_frame, seal

FRAMES = Path(__file__).parents[2] / "golden" / "frames"


class Golden(NamedTuple):
    topic: str
    key: bytes
    frame: bytes

    @classmethod
    def read(cls, path: Path) -> "Golden":
        lines = dict(line.split(b": ", 1) for line in path.read_bytes().splitlines())
        return cls(lines[b"topic"].decode(), bytes.fromhex(lines[b"key"].decode()), lines[b"frame"])


@pytest.fixture(params=sorted(FRAMES.glob("*.txt")), ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden.read(request.param)


def test_a_golden_frame_opens_and_seals_to_the_same_bytes(golden: Golden) -> None:
    body = open_frame(golden.key, golden.topic, golden.frame)

    assert seal(golden.key, golden.topic, body) == golden.frame


def test_a_golden_frame_is_read_and_said_again_with_the_same_meaning(golden: Golden) -> None:
    name = Topic.parse(golden.topic).name
    message = decode(name, open_frame(golden.key, golden.topic, golden.frame))

    assert isinstance(message, MESSAGES[name])
    assert decode(name, encode(message)) == message


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_every_message_has_a_golden_frame_that_we_write_byte_for_byte(name: str) -> None:
    golden = Golden.read(FRAMES / f"{name.replace('/', '-')}.txt")
    body = open_frame(golden.key, golden.topic, golden.frame)

    assert encode(decode(name, body)) == body

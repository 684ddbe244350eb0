"""A photo says what is on it, and neither where it was taken nor with what."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline import files

_UPRIGHT_BYTES = 36
SECRET = b"30.2741N 120.1551E Xiaomi 14"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", 2 + len(body)) + body


def exif(orientation: int) -> bytes:
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    body = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4) + SECRET
    return segment(0xE1, body)


def jpeg(orientation: int = 1) -> bytes:
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0" + bytes(9))
        + exif(orientation)
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
        + segment(0xFE, SECRET)
        + segment(0xDB, bytes(65))
        + segment(0xDA, bytes(10))
        + b"pixels\xff\x00\xff\xd9"
        + SECRET
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check


def png() -> bytes:
    said = chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"eXIf", SECRET)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", bytes(13))
        + said
        + chunk(b"IDAT", b"pixels")
        + chunk(b"IEND", b"")
        + SECRET
    )


def webp() -> bytes:
    def part(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)

    body = part(b"VP8X", b"\x0c" + bytes(9)) + part(b"VP8 ", b"pixels") + part(b"EXIF", SECRET)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


@pytest.mark.parametrize("picture", [jpeg(), jpeg(6), png(), webp()])
def test_place_and_device_are_cut_out_and_the_picture_stays(picture: bytes) -> None:
    bare = files.bare(picture)

    assert SECRET in picture
    assert SECRET[:6] not in bare
    assert b"Xiaomi" not in bare
    assert b"pixels" in bare
    assert files.bare(bare) == bare


def test_a_photo_taken_upright_stays_upright() -> None:
    assert b"Exif" not in files.bare(jpeg(1))
    turned = files.bare(jpeg(6))

    assert turned.count(b"Exif\0\0") == 1
    (value,) = struct.unpack_from(">H", turned, turned.index(b"Exif\0\0") + 6 + 8 + 2 + 8)
    assert value == 6


@given(st.sampled_from([jpeg(3), png(), webp()]), st.data())
def test_a_damaged_picture_breaks_nothing(picture: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(picture)))
    at = data.draw(st.integers(0, len(picture) - 1))
    damaged = bytearray(picture[:cut])
    if at < cut:
        damaged[at] ^= data.draw(st.integers(1, 255))

    # What is cut out may be shorter than the note of which way is up.
    assert len(files.bare(bytes(damaged))) <= len(damaged) + _UPRIGHT_BYTES

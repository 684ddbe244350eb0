"""A value in two slots of flash: a write that is torn at any byte leaves the older one whole.

A record is `generation, length, value, CRC-32`. It is burned over the slot that does not hold the
newest whole record; whichever whole record has the higher generation is what is read back.
"""

import struct
import zlib
from typing import NamedTuple

_HEAD = struct.Struct(">II")
_CRC = struct.Struct(">I")


class PowerCutError(Exception):
    """The power went away in the middle of a write; what was burned until then stays burned."""


class Fuse:
    """Lets so many more bytes be burned, then no more; without a number it never blows."""

    __slots__ = ("left",)

    def __init__(self, left: int | None = None) -> None:
        self.left = left

    def pass_through(self, size: int) -> int:
        """How many of `size` bytes are still burned."""
        if self.left is None:
            return size
        passed = min(self.left, size)
        self.left -= passed
        return passed


class Cell(NamedTuple):
    """Both slots, as they are in flash."""

    a: bytes = b""
    b: bytes = b""

    @property
    def value(self) -> bytes | None:
        """The last value that was burned whole; None before the first."""
        newest = max(_read(self.a), _read(self.b), key=lambda record: record.generation)
        return newest.value if newest.generation else None

    def burned(self, value: bytes, fuse: Fuse) -> tuple["Cell", bool]:
        """The cell after a write, and whether the write was completed."""
        a, b = _read(self.a).generation, _read(self.b).generation
        record = _record(max(a, b) + 1, value)
        passed = fuse.pass_through(len(record))
        old = self.b if a > b else self.a
        torn = record[:passed] + old[passed:] if passed < len(record) else record
        cell = Cell(self.a, torn) if a > b else Cell(torn, self.b)
        return cell, passed == len(record)


class _Record(NamedTuple):
    generation: int
    value: bytes


_NOTHING = _Record(0, b"")


def _record(generation: int, value: bytes) -> bytes:
    body = _HEAD.pack(generation, len(value)) + value
    return body + _CRC.pack(zlib.crc32(body))


def _read(slot: bytes) -> _Record:
    if len(slot) < _HEAD.size:
        return _NOTHING
    generation, length = _HEAD.unpack_from(slot)
    end = _HEAD.size + length
    if len(slot) < end + _CRC.size or _CRC.unpack_from(slot, end)[0] != zlib.crc32(slot[:end]):
        return _NOTHING
    return _Record(generation, slot[_HEAD.size : end])

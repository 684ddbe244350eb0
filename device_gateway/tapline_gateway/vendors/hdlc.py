"""Frames between flags 0x7E, with 0x7D as the escape and a CRC-16/X-25 at the end, as in HDLC.

Inside a frame 0x7E travels as `7D 5E` and 0x7D as `7D 5D`. The CRC (polynomial 0x1021 reflected,
start and final xor 0xFFFF) covers all before it, unescaped, and comes low byte first.
"""

from collections.abc import Iterator

FLAG, ESCAPE, _MASK = 0x7E, 0x7D, 0x20
FRAME_BYTES_MAX = 512
"""Between two flags, as it travels."""

_CRC_BYTES = 2


class FrameError(ValueError):
    """Bytes that are no frame; the text says why."""


class Frames:
    """Cuts a stream into frames, however its bytes come in. It keeps one frame at most."""

    def __init__(self) -> None:
        self._open = bytearray()
        self._in_step = False

    @property
    def is_inside(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._open)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What is between flags, escaped as it came; empty frames, which fill pauses, left out.

        Raises `FrameError` once more comes than a frame can have, or bytes before any flag.
        """
        pieces = chunk.split(bytes([FLAG]))
        for piece in pieces[:-1]:
            self._keep(piece)
            self._in_step = True
            if self._open:
                frame, self._open = bytes(self._open), bytearray()
                yield frame
        self._keep(pieces[-1])

    def _keep(self, piece: bytes) -> None:
        if piece and not self._in_step:
            raise FrameError("bytes before the first flag: this is another language")
        if len(self._open) + len(piece) > FRAME_BYTES_MAX:
            raise FrameError(f"more than {FRAME_BYTES_MAX} bytes without a flag")
        self._open += piece


def content(frame: bytes) -> bytes:
    """What a frame carries; `FrameError` where an escape or the CRC is wrong."""
    bare = _unescaped(frame)
    if len(bare) <= _CRC_BYTES:
        raise FrameError(f"{len(bare)} bytes: no frame is as short")
    body, stated = bare[:-_CRC_BYTES], int.from_bytes(bare[-_CRC_BYTES:], "little")
    if crc16_x25(body) != stated:
        raise FrameError("the CRC does not fit: damaged on its way")
    return body


def framed(body: bytes) -> bytes:
    """A frame that carries `body`, with both flags."""
    bare = body + crc16_x25(body).to_bytes(_CRC_BYTES, "little")
    escaped = bytearray()
    for byte in bare:
        escaped += bytes([ESCAPE, byte ^ _MASK]) if byte in (FLAG, ESCAPE) else bytes([byte])
    return bytes([FLAG, *escaped, FLAG])


def crc16_x25(data: bytes) -> int:
    """CRC-16/X-25: 0x906E for `123456789`."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFF


def _crc_entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0x8408 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE = tuple(_crc_entry(byte) for byte in range(256))


def _unescaped(frame: bytes) -> bytes:
    if ESCAPE not in frame:
        return frame
    bare = bytearray()
    head, *pieces = frame.split(bytes([ESCAPE]))
    bare += head
    for piece in pieces:
        if not piece or piece[0] not in (FLAG ^ _MASK, ESCAPE ^ _MASK):
            raise FrameError("an escape that stands for nothing")
        bare += bytes([piece[0] ^ _MASK]) + piece[1:]
    return bytes(bare)

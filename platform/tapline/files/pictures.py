"""Pictures without what they say beside the picture: place, device, name, hour. Pure.

A phone writes all of that into a photo. What stays is what is needed to draw it: pixels, colours,
and which way is up. Metadata are cut out; nothing is decoded or compressed anew.

JPEG: ITU T.81 B.1.1, Exif 2.32; PNG: ISO/IEC 15948 5.3; WebP: RFC 9649 2.7.
"""

import struct
from collections.abc import Iterator

_JPEG, _PNG, _WEBP = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"WEBP"

_JPEG_DRAWN = {0xE0, 0xEE}
"""Application segments that say how to draw: JFIF, and Adobe's colour transform."""
_COMMENT, _EXIF, _SCAN, _END = 0xFE, 0xE1, 0xDA, 0xD9
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_ORIENTATION, _SHORT = 0x0112, 3

_PNG_SAID = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_WEBP_SAID = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x08 | 0x04
"""Of `VP8X`: that there is an EXIF chunk, and an XMP one."""


def bare(content: bytes) -> bytes:
    """A JPEG, PNG or WebP without metadata; anything else, and a broken one, as far as it goes."""
    if content.startswith(_JPEG):
        return _jpeg(content)
    if content.startswith(_PNG):
        return _PNG + b"".join(_png_chunks(content))
    if content[8:12] == _WEBP:
        return _webp(content)
    return content


def _jpeg(content: bytes) -> bytes:
    kept, at = [_JPEG], len(_JPEG)
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in _STANDALONE:
            kept.append(content[at : at + 2])
            at += 2
            continue
        if marker == _SCAN:
            return b"".join(kept) + _scans(content[at:])
        size = 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at : at + size]
        if marker == _EXIF:
            kept.append(_upright(segment))
        elif marker in _JPEG_DRAWN or (marker != _COMMENT and not 0xE0 <= marker <= 0xEF):
            kept.append(segment)
        at += size
    return b"".join(kept) + (b"\xff\xd9" if content[at : at + 2] == b"\xff\xd9" else b"")


def _scans(rest: bytes) -> bytes:
    """From the first scan to the end of the picture: a phone's film may follow behind it.

    Between scans of a progressive picture stand tables alone.
    """
    end = rest.find(bytes((0xFF, _END)))
    return rest if end < 0 else rest[: end + 2]


def _upright(segment: bytes) -> bytes:
    """An Exif segment that says nothing but which way is up; nothing where that is as usual."""
    turned = _orientation(segment[10:]) if segment[4:10] == b"Exif\0\0" else None
    if turned is None:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, turned, 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return bytes((0xFF, _EXIF)) + struct.pack(">H", 2 + len(body)) + body


def _orientation(tiff: bytes) -> int | None:
    """2 to 8 where the first directory of a TIFF says so."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return None
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return None
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for at in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if (tag, kind) == (_ORIENTATION, _SHORT) and 2 <= value <= 8:
            return int(value)
    return None


def _png_chunks(content: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 12 <= len(content):
        size = 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if kind not in _PNG_SAID:
            yield content[at : at + size]
        if kind == b"IEND":
            return
        at += size


def _webp(content: bytes) -> bytes:
    body = b"".join(_webp_chunks(content))
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + _WEBP + body


def _webp_chunks(content: bytes) -> Iterator[bytes]:
    end = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    at = 12
    while at + 8 <= end:
        kind = content[at : at + 4]
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        chunk = content[at : at + 8 + size + size % 2]
        if kind == b"VP8X" and len(chunk) > 8:
            chunk = chunk[:8] + bytes((chunk[8] & ~_WEBP_FLAGS,)) + chunk[9:]
        if kind not in _WEBP_SAID:
            yield chunk
        at += 8 + size + size % 2

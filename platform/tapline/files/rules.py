"""What may be kept, and what a content is by its own first bytes. Pure."""

import re
from pathlib import PurePosixPath

from tapline.errors import InvalidError

FILE_BYTES_MAX = 5 * 1024 * 1024

_FIRST_BYTES = {
    "image/png": rb"\x89PNG\r\n\x1a\n",
    "image/jpeg": rb"\xff\xd8\xff",
    "image/webp": rb"RIFF.{4}WEBP",
    "application/pdf": rb"%PDF-",
    "audio/wav": rb"RIFF.{4}WAVE",
    "audio/mpeg": rb"ID3|\xff[\xfb\xf3\xf2]",
}
_PATTERNS = {kind: re.compile(first, re.DOTALL) for kind, first in _FIRST_BYTES.items()}
_TEXT = "text/plain"
MEDIA_TYPES = (*_FIRST_BYTES, _TEXT)

_NAME_MAX = 120
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f]")
# Text has no control characters but tabulators and line ends.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# What browsers and phones call the same things, or say when they do not know.
_ALIASES = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/vnd.wave": "audio/wav",
}
_UNKNOWN = {"", "application/octet-stream"}


def checked_type(content: bytes, said: str) -> str:
    """The media type of a content, found by what it is; `said` must not contradict it.

    Raises:
        InvalidError: it is empty, too large, of no kept type, or not what it is said to be.
    """
    if not content:
        raise InvalidError("the file is empty: choose another")
    if len(content) > FILE_BYTES_MAX:
        mib = FILE_BYTES_MAX // 2**20
        raise InvalidError(f"the file is over {mib} MiB: send a smaller one, e.g. a reduced photo")
    found = _sniffed(content)
    if found is None:
        raise InvalidError(f"this kind of file is not kept; send one of {', '.join(MEDIA_TYPES)}")
    said = said.partition(";")[0].strip().lower()
    said = _ALIASES.get(said, said)
    if said not in {found, *_UNKNOWN}:
        raise InvalidError(f"the file is said to be {said}, but is {found}: send it as that")
    return found


def _sniffed(content: bytes) -> str | None:
    for kind, first in _PATTERNS.items():
        if first.match(content):
            return kind
    return _TEXT if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return _NOT_TEXT.search(text) is None


def plain_name(name: str) -> str:
    """A sender's name for a file, without folders and control characters, at most 120 long."""
    last = PurePosixPath(_NOT_PRINTED.sub("", name).replace("\\", "/")).name.strip(" .")
    return last[-_NAME_MAX:] or "file"

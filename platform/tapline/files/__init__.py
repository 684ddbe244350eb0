"""Attachments and evidence, kept with their hash and for how long they must be."""

from tapline.files.flaws import Flaw, FlawedError
from tapline.files.model import StoredFile
from tapline.files.pictures import bare
from tapline.files.rules import FILE_BYTES_MAX, MEDIA_TYPES
from tapline.files.service import (
    erase_ended,
    get,
    keep,
    keep_verified,
    listed,
    read,
    read_part,
)

__all__ = [
    "FILE_BYTES_MAX",
    "MEDIA_TYPES",
    "Flaw",
    "FlawedError",
    "StoredFile",
    "bare",
    "erase_ended",
    "get",
    "keep",
    "keep_verified",
    "listed",
    "read",
    "read_part",
]

"""The list of blocked cards: when two copies are the same, and what a device says of its own."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple, Self, TypeGuard

from tapline_gateway.protocol.messages.fields import INT_MAX, Document

_VER_MAX = 2**31 - 1


def list_hash(cards: Iterable[str]) -> str:
    """SHA-256, hex, of the card numbers sorted by their bytes, each ended by a line feed."""
    return sha256("".join(f"{card}\n" for card in sorted(cards)).encode()).hexdigest()


class ListState(NamedTuple):
    """What a device keeps: the version, its hash, and the last fact written under an older one.

    On the wire these are `list_ver`, `list_hash` and `list_seq` in the document of `up/cfg`. A
    device may leave the last two out.
    """

    ver: int
    hash: str | None = None
    seq: int | None = None

    @classmethod
    def read(cls, document: Document) -> Self | None:
        """None where `document` says nothing of a list that can be understood."""
        ver, said, seq = (document.get(name) for name in ("list_ver", "list_hash", "list_seq"))
        if not _is_count(ver, _VER_MAX):
            return None
        # A hash that is none is the hash of another list.
        return cls(ver, None if said is None else str(said), seq if _is_count(seq) else None)

    @classmethod
    def without(cls, document: Document) -> Document:
        """The settings beside it."""
        names = {"list_ver", "list_hash", "list_seq"}
        return {name: value for name, value in document.items() if name not in names}

    def document(self) -> Document:
        """As it stands in `up/cfg`."""
        return {"list_ver": self.ver, "list_hash": self.hash, "list_seq": self.seq}


def _is_count(value: Any, most: int = INT_MAX) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= most

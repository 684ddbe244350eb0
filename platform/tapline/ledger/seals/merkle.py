"""Merkle trees after RFC 6962 (2.1), over the leaves of one seal.

Leaves and nodes are hashed with different first bytes, so that none can pass for the other. A node
without a neighbour moves up as it is: nothing is doubled, so no two lists of leaves share a root.
"""

import hashlib
from collections.abc import Sequence


def leaf(text: str) -> bytes:
    """The leaf of one journal's canonical text."""
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The parent of two."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over the leaves; over none the hash of nothing."""
    row = leaves or [hashlib.sha256().digest()]
    while len(row) > 1:
        row = _parents(row)
    return row[0]


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """What leads from the leaf at `place` (from 0) to the root: neighbours, lowest first."""
    neighbours = []
    row = leaves
    while len(row) > 1:
        if place ^ 1 < len(row):
            neighbours.append(row[place ^ 1])
        row, place = _parents(row), place >> 1
    return neighbours


def _parents(row: Sequence[bytes]) -> list[bytes]:
    pairs = [node(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
    return [*pairs, row[-1]] if len(row) % 2 else pairs

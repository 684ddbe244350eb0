"""The chain, without a database.

A journal's leaf is the SHA-256 of its canonical text; a seal holds the leaves of up to
`SEAL_JOURNALS` journals and hashes them onto the seal before it. Whoever kept one head can tell
whether anything that it covers was changed, and the leaves say where.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SEAL_JOURNALS = 1000
GENESIS = bytes(32)
LEAF_BYTES = 32


class SealedText(NamedTuple):
    """A journal in canonical form, with its place in the order of commits."""

    txid: str
    journal_id: int
    text: str


class Seal(NamedTuple):
    """A stored link; `leaves` are 32 bytes a journal."""

    seq: int
    journals: int
    previous_hash: bytes
    leaves: bytes
    hash: bytes


class Difference(NamedTuple):
    """Something that is not as it was posted. `journal_id` where one can be named."""

    tenant_id: str
    journal_id: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the ledger found: `journals` read, `sealed` of them under a seal."""

    journals: int
    sealed: int
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is as it was posted."""
        return not self.differences

    @property
    def first_journal_id(self) -> int | None:
        """The first journal that differs."""
        named = [d.journal_id for d in self.differences if d.journal_id is not None]
        return min(named, default=None)


def leaf(text: str) -> bytes:
    """The digest of one journal's canonical text."""
    return hashlib.sha256(text.encode()).digest()


def link(previous_hash: bytes, leaves: bytes) -> bytes:
    """The hash of a seal: its leaves onto the seal before it."""
    return hashlib.sha256(previous_hash + leaves).digest()


def chain_differences(
    tenant_id: str, seals: Iterable[Seal], journals: Iterator[SealedText]
) -> Iterator[Difference]:
    """Where the journals, in the order of commits, are not those that were sealed."""
    head = GENESIS
    for seq, seal in enumerate(seals, start=1):
        if (seal.seq, seal.previous_hash, seal.hash) != (seq, head, link(head, seal.leaves)):
            yield Difference(
                tenant_id, None, f"seal {seal.seq} does not follow from seal {seq - 1}"
            )
            return
        head = seal.hash
        for start in range(0, len(seal.leaves), LEAF_BYTES):
            journal = next(journals, None)
            if journal is None:
                yield Difference(tenant_id, None, f"journals of seal {seal.seq} are gone")
                return
            if leaf(journal.text) != seal.leaves[start : start + LEAF_BYTES]:
                what = f"is not what seal {seal.seq} holds in its place"
                yield Difference(tenant_id, journal.journal_id, what)
                return


def sealed(seq: int, previous_hash: bytes, journals: Sequence[SealedText]) -> Seal:
    """The seal over `journals` that follows the one with `previous_hash`."""
    leaves = b"".join(leaf(journal.text) for journal in journals)
    return Seal(seq, len(journals), previous_hash, leaves, link(previous_hash, leaves))

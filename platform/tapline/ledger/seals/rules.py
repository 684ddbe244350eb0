"""The chain, without a database.

A seal holds the leaves of up to `SEAL_JOURNALS` journals of one business day, and hashes their
Merkle root onto the seal before it. Whoever kept one head can tell whether anything that it covers
was changed, and the leaves say where; a path of ten hashes proves that a journal is among them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from tapline import clock
from tapline.ledger.seals.merkle import leaf, root

SEAL_JOURNALS = 1000
GENESIS = bytes(32)
LEAF_BYTES = 32


class SealedText(NamedTuple):
    """A journal in canonical form, with its place in the order of commits."""

    txid: str
    journal_id: int
    recorded_at: datetime
    text: str


class Seal(NamedTuple):
    """A stored link; `leaves` are 32 bytes a journal."""

    seq: int
    journals: int
    previous_hash: bytes
    root: bytes
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


def link(seq: int, previous_hash: bytes, journals: int, root: bytes) -> bytes:
    """The hash of seal `seq`: the root of its journals onto the seal before it."""
    numbers = seq.to_bytes(8, "big") + journals.to_bytes(8, "big")
    return hashlib.sha256(b"\x02" + numbers + previous_hash + root).digest()


def split(leaves: bytes) -> list[bytes]:
    """The leaves of a seal one by one, in the order of commits."""
    return [leaves[at : at + LEAF_BYTES] for at in range(0, len(leaves), LEAF_BYTES)]


def sealed(seq: int, previous_hash: bytes, journals: Sequence[SealedText]) -> Seal:
    """The seal over `journals` that follows the one with `previous_hash`."""
    return over(seq, previous_hash, [leaf(journal.text) for journal in journals])


def over(seq: int, previous_hash: bytes, leaves: Sequence[bytes]) -> Seal:
    """The seal that stands for `leaves`, one or more."""
    top = root(leaves)
    head = link(seq, previous_hash, len(leaves), top)
    return Seal(seq, len(leaves), previous_hash, top, b"".join(leaves), head)


def by_day(
    journals: Iterable[SealedText], open_day: date
) -> Iterator[tuple[date, list[SealedText]]]:
    """`journals`, in the order of commits, by the business day that each was recorded on.

    Days only rise: one that committed behind the first of a later day, or whose day is over
    (before `open_day`), belongs to the day that is open.
    """

    def day_of(journal: SealedText) -> date:
        nonlocal open_day
        open_day = max(open_day, clock.business_date(journal.recorded_at))
        return open_day

    for day, group in groupby(journals, day_of):
        yield day, list(group)


def chain_differences(
    tenant_id: str, seals: Iterable[Seal], journals: Iterator[SealedText]
) -> Iterator[Difference]:
    """Where the journals, in the order of commits, are not those that were sealed."""
    head = GENESIS
    for seq, seal in enumerate(seals, start=1):
        leaves = split(seal.leaves)
        if seal != over(seq, head, leaves):
            yield Difference(
                tenant_id, None, f"seal {seal.seq} does not follow from seal {seq - 1}"
            )
            return
        head = seal.hash
        for due in leaves:
            journal = next(journals, None)
            if journal is None:
                yield Difference(tenant_id, None, f"journals of seal {seal.seq} are gone")
                return
            if leaf(journal.text) != due:
                what = f"is not what seal {seal.seq} holds in its place"
                yield Difference(tenant_id, journal.journal_id, what)
                return

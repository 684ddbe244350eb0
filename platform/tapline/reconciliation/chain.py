"""What rules read: versions of facts, and the chains they form along the counters of cards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tapline.cards.proofs import Proof

DEBIT = "debit"
TORN = "torn"
REVERSED = "reversed"


class FactKey(NamedTuple):
    """Which fact: a device and the number it gave."""

    device_id: str
    seq: int


class Version(NamedTuple):
    """One readable content of a fact, as the device reported it. Balances and amounts in fen."""

    key: FactKey
    content_hash: bytes
    op: str
    card_no: str
    atc: int | None
    """The card's own counter after the operation."""
    bal_before_fen: int | None
    amt_fen: int
    bal_after_fen: int | None
    ml: int
    ml_req: int | None
    pulses: int | None
    nozzle: int | None
    status: str
    moment: datetime | None
    received_at: datetime
    kind: str | None = None
    """Of its card, as the device read it."""
    tariff: int | None = None
    load_id: str | None = None
    proof: Proof = Proof.ABSENT

    @property
    def is_debit(self) -> bool:
        return self.op == DEBIT

    @property
    def is_torn(self) -> bool:
        return self.status == TORN

    @property
    def is_done(self) -> bool:
        """Whether it changed what is on the card, as far as its machine knows."""
        return self.status not in {TORN, REVERSED}

    @property
    def adds_up(self) -> bool:
        """Whether its own balances and amount agree."""
        if self.bal_before_fen is None or self.bal_after_fen is None:
            return False
        change = -self.amt_fen if self.is_debit else self.amt_fen
        return self.bal_before_fen + change == self.bal_after_fen


class Chain:
    """What is known of one card, by its counter. Position 0 is the opening, where it is known."""

    def __init__(self, opened_fen: int | None) -> None:
        self._links: dict[int, list[Version]] = defaultdict(list)
        self._opened_fen = opened_fen

    def add(self, version: Version) -> None:
        """Put a version at its counter; one without a counter, or torn, is no link."""
        if version.atc is not None and not version.is_torn:
            self._links[version.atc].append(version)

    def at(self, atc: int) -> Sequence[Version]:
        """The versions at a position: none, one, or several where a card was cloned."""
        return self._links.get(atc, ())

    def left(self, atc: int, balance_fen: int) -> bool:
        """Whether the card is known to have held this much after position `atc`."""
        if atc == 0:
            return self._opened_fen == balance_fen
        return any(link.bal_after_fen == balance_fen for link in self.at(atc))

    def met(self, atc: int, balance_fen: int) -> bool:
        """Whether the operation at position `atc` is known to have met this balance."""
        return any(link.bal_before_fen == balance_fen for link in self.at(atc))

    def positions_left_at(self, balance_fen: int) -> list[int]:
        """Every position after which the card held this much, ascending."""
        links = [atc for atc in self._links if self.left(atc, balance_fen)]
        return sorted([0, *links] if self._opened_fen == balance_fen else links)

    def around(self, key: FactKey) -> tuple[int | None, int | None]:
        """The card's last position on this device before `key`, and its first after it.

        A device numbers what it does in order, so the fact itself lies between them.
        """
        seen = [
            (link.key.seq, atc)
            for atc, links in self._links.items()
            for link in links
            if link.key.device_id == key.device_id
        ]
        before = max((atc for seq, atc in seen if seq < key.seq), default=None)
        after = min((atc for seq, atc in seen if seq > key.seq), default=None)
        return before, after

    @property
    def positions(self) -> list[int]:
        """Every position of which something is known, ascending; the opening is not among them."""
        return sorted(atc for atc, links in self._links.items() if links)

    @property
    def opened_fen(self) -> int | None:
        """What the card held before its first operation, where it is known."""
        return self._opened_fen

    def window(self, atc: int, reach: int) -> list[Version]:
        """The links at most `reach` positions from `atc`, in order."""
        nearby = range(atc - reach, atc + reach + 1)
        return [link for position in nearby for link in self.at(position)]


class Chains:
    """The chains of several cards."""

    def __init__(self, opened_fen: Mapping[str, int], links: Iterable[Version] = ()) -> None:
        self._opened_fen = opened_fen
        self._chains: dict[str, Chain] = {}
        for link in links:
            self.of(link.card_no).add(link)

    def of(self, card_no: str) -> Chain:
        """A card's chain, empty where nothing is known of it."""
        chain = self._chains.get(card_no)
        if chain is None:
            chain = self._chains[card_no] = Chain(self._opened_fen.get(card_no))
        return chain

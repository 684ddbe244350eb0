"""What rules read: versions of facts, and the chains they form along the counters of cards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tapline.cards.proofs import Proof
from tapline.devices import Assurance

DEBIT = "debit"
TORN = "torn"
REVERSED = "reversed"


class FactKey(NamedTuple):
    """Which fact: a device and the number it gave."""

    device_id: str
    seq: int


class Opening(NamedTuple):
    """What a card held, and what its own counter showed, when its chain began."""

    atc: int
    fen: int


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
    transport: Assurance = Assurance.DEVICE
    """How well it is known that the machine said so."""

    @property
    def assurance(self) -> Assurance:
        """What a machine may conclude from it: the card's own word stands above any machine's."""
        return Assurance.CARD if self.proof is Proof.VERIFIED else self.transport

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
    """What is known of one card, by its counter. It begins at the opening, where that is known."""

    def __init__(self, opening: Opening | None) -> None:
        self._links: dict[int, list[Version]] = defaultdict(list)
        self._opening = opening

    def add(self, version: Version) -> None:
        """Put a version at its counter; one without a counter, or torn, is no link."""
        if version.atc is not None and not version.is_torn:
            self._links[version.atc].append(version)

    def at(self, atc: int) -> Sequence[Version]:
        """The versions at a position: none, one, or several where a card was cloned."""
        return self._links.get(atc, ())

    def left(self, atc: int, balance_fen: int) -> bool:
        """Whether the card is known to have held this much after position `atc`."""
        if self._opening == (atc, balance_fen):
            return True
        return any(link.bal_after_fen == balance_fen for link in self.at(atc))

    def met(self, atc: int, balance_fen: int) -> bool:
        """Whether the operation at position `atc` is known to have met this balance."""
        return any(link.bal_before_fen == balance_fen for link in self.at(atc))

    def positions_left_at(self, balance_fen: int) -> list[int]:
        """Every position after which the card held this much, ascending."""
        known = {*self._links, *([self._opening.atc] if self._opening else ())}
        return sorted(atc for atc in known if self.left(atc, balance_fen))

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
    def links(self) -> list[Version]:
        """Every version in it."""
        return [link for links in self._links.values() for link in links]

    @property
    def positions(self) -> list[int]:
        """Every position of which something is known, ascending; the opening is not among them."""
        return sorted(atc for atc, links in self._links.items() if links)

    @property
    def opening(self) -> Opening | None:
        """How the card was before its first operation with us, where it is known."""
        return self._opening

    def window(self, atc: int, reach: int) -> list[Version]:
        """The links at most `reach` positions from `atc`, in order."""
        nearby = range(atc - reach, atc + reach + 1)
        return [link for position in nearby for link in self.at(position)]


class Chains:
    """The chains of several cards."""

    def __init__(self, openings: Mapping[str, Opening], links: Iterable[Version] = ()) -> None:
        self._openings = openings
        self._chains: dict[str, Chain] = {}
        for link in links:
            self.of(link.card_no).add(link)

    def plus(self, links: Iterable[Version]) -> "Chains":
        """The same with more links."""
        own = (link for chain in self._chains.values() for link in chain.links)
        return Chains(self._openings, (*own, *links))

    def of(self, card_no: str) -> Chain:
        """A card's chain, empty where nothing is known of it."""
        chain = self._chains.get(card_no)
        if chain is None:
            chain = self._chains[card_no] = Chain(self._openings.get(card_no))
        return chain

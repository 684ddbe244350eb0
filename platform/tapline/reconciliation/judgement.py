"""What a judgement is made of, and what follows from it. Values."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tapline.cards.facts import Bearing
from tapline.devices.tariffs import Tariff
from tapline.reconciliation.chain import FactKey, Opening, Version
from tapline.reconciliation.decisions.rules import Ruling
from tapline.reconciliation.findings.rules import FindingKey, Found
from tapline.reconciliation.holes import Hole


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A holder said that his card is not in his hands any more: from when, and until when.

    `version` is the list that told machines so.
    """

    since: datetime
    until: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCard:
    """What is declared of a card of ours."""

    opened_fen: int
    """What it held when issued."""
    opened_atc: int | None = 0
    """Its counter then; none where its chain begins with the first sighting."""
    has_purse: bool = True
    active: bool = True
    """Whether money may be written to it."""
    closed: bool = False
    blocks: Sequence[Block] = ()


class Leased(NamedTuple):
    """A voucher that was ever leased: what may be written to which card, and where."""

    card_no: str
    device_id: str
    amount_fen: int


class LostSpan(NamedTuple):
    """How many facts a machine declared gone for good, and when it made the facts around them."""

    facts: int
    after: datetime | None
    before: datetime | None


class Elsewhere(NamedTuple):
    """An operation of a card of ours at another operator's machine, which fitted its chain when it
    was accepted."""

    name: str
    atc: int
    before_fen: int
    after_fen: int
    at: datetime
    known_at: datetime


class ListCopy(NamedTuple):
    """Which list of blocked cards a machine keeps, and the last fact it wrote under an older."""

    version: int
    seq_head: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is known besides the facts."""

    now: datetime
    cards: Mapping[str, KnownCard]
    """The cards that are ours."""
    issuers: Mapping[str, str] = field(default_factory=dict)
    """Whose the cards of others are."""
    vouchers: Mapping[str, Leased] = field(default_factory=dict)
    """By id, those that any load names."""
    lost: Sequence[LostSpan] = ()
    copies: Mapping[str, ListCopy] = field(default_factory=dict)
    """By device."""
    caught: Collection[FactKey] = ()
    """Facts known to have been sold under a list that named their card: lists move on."""
    tariffs: Mapping[int, Tariff] = field(default_factory=dict)
    """What water costs, by the version that facts name."""
    forged: Sequence[Version] = ()
    """Versions whose card's code is not what that card would have said."""
    elsewhere: Mapping[str, Sequence[Elsewhere]] = field(default_factory=dict)
    """By card, what it did at other operators' machines: paid there, and no hole of its chain as
    long as that allows it."""
    rulings: Mapping[FindingKey, Ruling] = field(default_factory=dict)
    """What people decided where no chain can tell."""

    @property
    def openings(self) -> Mapping[str, Opening]:
        """How each card of ours was when it was issued, where that is known."""
        return {
            card_no: Opening(card.opened_atc, card.opened_fen)
            for card_no, card in self.cards.items()
            if card.opened_atc is not None
        }

    def is_of_before(self, version: Version) -> bool:
        """Whether the card did it before it came to us: its opening balance has it already."""
        opened_atc = self.cards[version.card_no].opened_atc
        return version.atc is not None and opened_atc is not None and 0 < version.atc <= opened_atc


class Owed(NamedTuple):
    """What a fact owes a card, and the rule that names it."""

    card_no: str
    target_fen: int
    code: str


class Place(NamedTuple):
    """A position on a card's counter."""

    card_no: str
    atc: int


@dataclass(slots=True)
class Judgement:
    """What follows from a set of facts."""

    bearings: dict[FactKey, Bearing] = field(default_factory=dict)
    """Who bears each fact."""
    findings: dict[FindingKey, Found] = field(default_factory=dict)
    owed: dict[FactKey, Owed] = field(default_factory=dict)
    standing: dict[FactKey, Version] = field(default_factory=dict)
    """The version that stands of each fact that has one."""
    restores: dict[Place, int] = field(default_factory=dict)
    """How many fen a purse lacks because records of it never came, by where it was next seen."""
    blocks: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Why a card shall be sold nothing more."""
    holes: dict[str, list[Hole]] = field(default_factory=dict)
    """Of the cards in `Declared.elsewhere`: what is known neither by our own records nor by what
    stands of others' word."""
    overturned: dict[str, set[str]] = field(default_factory=dict)
    """By card, the names of what was accepted from other operators and does not stand any more."""
    again_at: dict[str, datetime] = field(default_factory=dict)
    """When a card is to be judged again though nothing arrives: a window runs out."""

    def passed(self, declared: Declared, card_no: str, deadline: datetime) -> bool:
        """Whether `deadline` is over; where it is not, the card is judged again then."""
        if deadline <= declared.now:
            return True
        self.again_at[card_no] = min(deadline, self.again_at.get(card_no, deadline))
        return False

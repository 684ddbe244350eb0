"""What a line of a card's history is, and what it did to the card's money. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Self

from tapline.cards import CardStep
from tapline.cards.blocklist import CardBlock
from tapline.errors import InvalidError
from tapline.ledger import Account, chart
from tapline.reconciliation import Finding
from tapline.refunds.goodwill import Goodwill
from tapline.reports.pours.service import Place, Pour


class What(StrEnum):
    """Kinds of lines, in the order in which those of one moment follow each other."""

    BLOCK = "b"
    FACT = "f"
    JOURNAL = "j"
    STEP = "s"
    UNBLOCK = "u"


class Position(NamedTuple):
    """Where a line stands; together they are the order of a history."""

    at: datetime
    what: str
    ref: str
    """`device:seq`, or a padded number, or an id."""

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.what}~{self.ref}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote; `InvalidError` where it is nothing such."""
        at, _, rest = text.partition("~")
        what, _, ref = rest.partition("~")
        try:
            return cls(datetime.fromisoformat(at), What(what).value, ref)
        except ValueError:
            raise InvalidError(f"{text!r} is no place in a history: begin at its top") from None


class Booked(NamedTuple):
    """One line of a journal. Amounts in the account's unit."""

    account: Account
    side: str
    amount: int
    pending: bool


@dataclass(frozen=True, slots=True)
class Booking:
    """One journal that touched the card."""

    journal_id: int
    key: str
    kind: str
    phase: str
    event_at: datetime
    recorded_at: datetime
    source: Mapping[str, Any]
    lines: Sequence[Booked]

    @property
    def is_held(self) -> bool:
        """Whether it only reserves."""
        return self.phase == "pending"

    def moves(self, card_no: str) -> dict[str, int]:
        """Purse of the card -> its gain in fen, without what it lent and got back meanwhile; what
        is owed for water counts as a loss. Reserved amounts where the journal only reserves."""
        gains: dict[str, int] = {}
        own = {account.code for account in chart.card(card_no)}
        for line in self.lines:
            if line.account.code in own:
                purse = line.account.code.rpartition(":")[2]
                gain = line.amount if line.side == "C" else -line.amount
                gains[purse] = gains.get(purse, 0) + gain
        return {purse: gain for purse, gain in gains.items() if gain}

    def change_fen(self, card_no: str) -> int:
        """What the card is worth more because of it, or less; 0 where it only reserves."""
        return 0 if self.is_held else sum(self.moves(card_no).values())

    def others(self, card_no: str) -> dict[str, int]:
        """Account beyond the card -> what came from there (above 0) or went there, in fen."""
        own = {account.code for account in chart.card(card_no)}
        given: dict[str, int] = {}
        for line in self.lines:
            if line.account.code not in own:
                came = line.amount if line.side == "D" else -line.amount
                given[line.account.code] = given.get(line.account.code, 0) + came
        return given


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card's history: exactly one of a pour, a booking, a step and a block."""

    position: Position
    pour: Pour | None = None
    bookings: Sequence[Booking] = ()
    """What the ledger did: of a pour all that was posted for it, corrections apart."""
    step: CardStep | None = None
    block: CardBlock | None = None
    place: Place | None = None
    """The machine that a booking speaks of."""
    about: Pour | None = None
    """The pour that a booking corrects or makes good."""
    leaps: Sequence[Finding] = field(default_factory=list)
    """What is known of the hole, or the leap, in the card's chain just before this pour."""
    goodwill: Goodwill | None = None

    @property
    def at(self) -> datetime:
        """When it happened, as far as anybody knows."""
        return self.pour.at if self.pour else self.position.at

    @property
    def booking(self) -> Booking | None:
        """The journal that the line is, where it is one."""
        return self.bookings[0] if self.pour is None and self.bookings else None

    def late(self, after: timedelta) -> timedelta | None:
        """How long a pour's report was under way, where that was longer than `after`."""
        if self.pour is None:
            return None
        taken = self.position.at - self.pour.at
        return taken if taken > after else None

    def change_fen(self, card_no: str) -> int:
        """What the card is worth more because of it, or less."""
        return sum(booking.change_fen(card_no) for booking in self.bookings)


class History(NamedTuple):
    """A page of a card's history."""

    lines: Sequence[Line]
    rest: Position | None
    """Where the page after it begins; None where it is the last."""


class Waiting(NamedTuple):
    """Money on its way onto a purse, in fen."""

    amount_fen: int
    since: datetime | None
    leased_fen: int
    """Of it, what a machine has got to write."""
    leased_at: datetime | None
    place: Place | None

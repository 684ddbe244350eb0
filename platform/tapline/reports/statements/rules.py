"""A card's statement as values. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Self

from tapline.reconciliation import Finding
from tapline.reports.histories.rules import Booking


@dataclass(frozen=True, slots=True, kw_only=True)
class Purses:
    """What a card's accounts hold, in fen, as its holder counts: debts are below 0."""

    principal: int = 0
    bonus: int = 0
    pending_load: int = 0
    pending_bonus: int = 0
    receivable: int = 0

    @property
    def balance_fen(self) -> int:
        """What the card is worth to its holder."""
        return sum(getattr(self, each.name) for each in fields(self))

    @property
    def pending_fen(self) -> int:
        """What waits to be written to the card."""
        return self.pending_load + self.pending_bonus

    def after(self, gains: Mapping[str, int]) -> Self:
        """What they hold once these gains (purse -> fen) were booked."""
        held = {each.name: getattr(self, each.name) for each in fields(self)}
        return type(self)(**{name: was + gains.get(name, 0) for name, was in held.items()})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a statement begins and ends, and where this page of it begins."""

    opening: Purses
    reached: Purses
    closing: Purses
    last_id: int
    """The newest journal that `closing` counts; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal of a statement, with what the card held after it."""

    booking: Booking
    gains: Mapping[str, int]
    """Purse -> fen, of what was posted or, where the journal only reserves, is held."""
    after: Purses
    fact: tuple[str, int] | None
    """The machine's record that it rests on: device and number."""
    findings: Sequence[Finding]
    """What was found about that record."""

    @property
    def change_fen(self) -> int:
        """What the card is worth more because of it, or less; 0 where it only reserves."""
        return 0 if self.booking.is_held else sum(self.gains.values())


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of a card's statement, oldest first. All entries of all pages lead from `opening` to
    the `closing` of the last page."""

    opening: Purses
    closing: Purses
    entries: Sequence[Entry]
    rest: int | None
    """The journal after which the next page begins; None where this is the last."""


def running(
    reached: Purses, bookings: Iterable[Booking], card_no: str
) -> list[tuple[Booking, Mapping[str, int], Purses]]:
    """Each booking with its gains and what the card held after it."""
    told: list[tuple[Booking, Mapping[str, int], Purses]] = []
    for booking in bookings:
        gains = booking.moves(card_no)
        if not booking.is_held:
            reached = reached.after(gains)
        told.append((booking, gains, reached))
    return told

"""A debt and how old it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from tapline import clock
from tapline.cards import Card
from tapline.people import Customer


class Band(StrEnum):
    """How many days ago the oldest water was drawn that is not paid for."""

    WEEK = "0-7"
    MONTH = "8-30"
    QUARTER = "31-90"
    LONGER = "90+"

    @classmethod
    def of(cls, since: datetime, today: date) -> "Band":
        """The band of a debt that goes back to `since`, counted in business days."""
        days = (today - clock.business_date(since)).days
        bounds = {cls.WEEK: 7, cls.MONTH: 30, cls.QUARTER: 90}
        return next((band for band, most in bounds.items() if days <= most), cls.LONGER)


@dataclass(frozen=True, slots=True)
class Arrear:
    """What one card owes; amount in fen."""

    card_no: str
    amount_fen: int
    since: datetime
    """When the oldest water was drawn that is not paid for: what comes in pays the oldest first."""
    drawn_with: str
    """The card with which it was drawn; another one where the debt was carried along."""
    band: Band
    card: Card | None
    customer: Customer | None
    """Who holds it; None of a bearer card."""
    told_at: datetime | None
    """When its holder was last told."""
    may_remind: bool


@dataclass(frozen=True, slots=True)
class Arrears:
    """All that cards owe, oldest first."""

    debts: Sequence[Arrear]
    booked_fen: int
    """What the ledger's receivables of cards add up to, asked for by itself."""

    @property
    def total_fen(self) -> int:
        """What the debts listed add up to."""
        return sum(debt.amount_fen for debt in self.debts)

    @property
    def holders(self) -> int:
        """How many customers owe."""
        return len({debt.customer.customer_id for debt in self.debts if debt.customer})

    def of(self, band: Band) -> tuple[int, int]:
        """How many cards of a band, and what they owe."""
        amounts = [debt.amount_fen for debt in self.debts if debt.band is band]
        return len(amounts), sum(amounts)


class Debt(NamedTuple):
    """What a card owes, and the oldest journal that is not paid: with what it was drawn, when."""

    card_no: str
    amount_fen: int
    drawn_with: str
    since: datetime

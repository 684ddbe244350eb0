"""What the books say, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from tapline import clock
from tapline.ledger.chart import Account, CardAccounts, Side
from tapline.ledger.rules import Balance, Line, Phase
from tapline.money import Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBalance:
    """A card's money, all posted amounts; `held_fen` is part of them and not subtracted."""

    principal_fen: Fen
    bonus_fen: Fen
    pending_load_fen: Fen
    """Waiting to be written to the card, bonus included."""
    receivable_fen: Fen
    held_fen: Fen

    @property
    def balance_fen(self) -> Fen:
        """What the card is worth to its holder; negative when he owes us."""
        parts = self.principal_fen + self.bonus_fen + self.pending_load_fen - self.receivable_fen
        return Fen(parts)

    @classmethod
    def of(cls, card: CardAccounts, balances: Mapping[str, Balance]) -> Self:
        """Read it off the accounts; one that was never opened holds nothing."""

        def read(account: Account) -> Balance:
            return balances.get(account.code) or Balance(account.side)

        return cls(
            principal_fen=Fen(read(card.principal).posted),
            bonus_fen=Fen(read(card.bonus).posted),
            pending_load_fen=Fen(read(card.pending_load).posted + read(card.pending_bonus).posted),
            receivable_fen=Fen(read(card.receivable).posted),
            held_fen=Fen(sum(read(account).held for account in card[:4])),
        )


class TrialRow(NamedTuple):
    """One account of the trial balance, amounts in its unit."""

    code: str
    unit: str
    side: Side
    debit: int
    credit: int
    balance: int
    held: int


class StatementLine(NamedTuple):
    """One entry with its journal. `amount` is positive; `balance_after` is the account's posted
    balance on its own side. `version` numbers an account's entries from 1."""

    journal_id: int
    key: str
    kind: str
    event_at: datetime
    recorded_at: datetime
    code: str
    unit: str
    side: Side
    amount: int
    pending: bool
    balance_after: int
    version: int


class Days(NamedTuple):
    """Business days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def bounds(self) -> dict[str, date | datetime]:
        """The days, and the moments between which they lie."""
        return {
            "first_day": self.first,
            "last_day": self.last,
            "begins_at": clock.begins(self.first),
            "ends_at": clock.begins(self.last + timedelta(days=1)),
        }


class JournalLine(NamedTuple):
    """One entry of a journal as it was stored."""

    account: Account
    side: Side
    amount: int
    pending: bool
    cover: bool
    version: int
    balance_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One journal with its lines, and what became of it."""

    journal_id: int
    key: str
    kind: str
    phase: Phase
    event_at: datetime
    recorded_at: datetime
    expires_at: datetime | None
    source: Mapping[str, Any]
    command_hash: bytes
    parent_id: int | None
    """The hold that it resolves."""
    resolved_by: int | None
    """The journal that resolved it, where it is a hold."""
    reversed_by: int | None
    """The journal that took it back."""
    lines: Sequence[JournalLine]

    @property
    def subject(self) -> str:
        """The matter that it is counted to."""
        return str(self.source.get("subject", self.key))

    @property
    def posted_lines(self) -> tuple[Line, ...]:
        """Its lines as they were computed, in order."""
        return tuple(Line(one.account, one.side, one.amount, one.cover) for one in self.lines)


class Residue(NamedTuple):
    """What of an account's balance one business object (`subject`, from the key) accounts for."""

    subject: str
    amount: int
    since: datetime

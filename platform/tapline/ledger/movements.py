"""What can happen to money: each movement names the accounts it may touch and computes its lines.

A movement is a value. Its lines follow from the balances at the moment it is posted, in order; the
same movement replayed is recognised by its key, never by its lines. Amounts are whole numbers of
the accounts' unit (fen unless an account says otherwise) and above zero.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from tapline.errors import InvalidError
from tapline.ledger import chart
from tapline.ledger.chart import Account
from tapline.ledger.rules import (
    Balances,
    InsufficientError,
    Line,
    Phase,
    require,
    settled,
    transfer,
)


def positive(amount: int) -> None:
    """Refuse to move nothing, or backwards."""
    if amount <= 0:
        raise InvalidError(f"a movement moves an amount above zero, not {amount}")


def bonus_share(bonus_amount: int, amount: int) -> None:
    """Refuse a share that is not part of a movable amount."""
    positive(amount)
    if not 0 <= bonus_amount <= amount:
        raise InvalidError(f"the bonus share of {amount} cannot be {bonus_amount}")


class Movement(ABC):
    """A change of balances, pure. `phase` says whether its lines are posted or only reserved."""

    __slots__ = ()
    phase: ClassVar[Phase] = "single"

    @property
    @abstractmethod
    def accounts(self) -> Sequence[Account]:
        """What is locked before `lines` is asked: every account that it may read or touch. A
        card's principal stands for all of the card's."""

    @abstractmethod
    def lines(self, balances: Balances) -> Sequence[Line]:
        """The balanced lines, given the balances at this moment."""


@dataclass(frozen=True, slots=True)
class Transfer(Movement):
    """Plain: `debit` D, `credit` C. What touches a card also settles it."""

    debit: Account
    credit: Account
    amount: int

    def __post_init__(self) -> None:
        positive(self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return _with_cards((self.debit, self.credit))

    def lines(self, balances: Balances) -> Sequence[Line]:
        return settle_all(balances, self.covered(balances))

    def covered(self, balances: Balances) -> Sequence[Line]:
        """The two lines; refused where they take more than a bounded account has available."""
        lines = transfer(self.debit, self.credit, self.amount)
        for line in lines:
            if line.side != line.account.side:
                require(balances, line.account, self.amount)
        return lines


@dataclass(frozen=True, slots=True)
class Pour(Movement):
    """Water drawn. A fact: never refused, whatever the card holds."""

    card_no: str
    amount: int
    revenue: Account = chart.WATER

    def __post_init__(self) -> None:
        positive(self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal, self.revenue)

    def lines(self, balances: Balances) -> Sequence[Line]:
        legs = (Line(self.revenue, "C", self.amount),)
        return settled(chart.card(self.card_no), balances, legs, self.amount)


@dataclass(frozen=True, slots=True)
class Unpour(Pour):
    """A charge that turned out not to have happened, or not on this card: a Pour's opposite."""

    def lines(self, balances: Balances) -> Sequence[Line]:
        legs = (Line(self.revenue, "D", self.amount),)
        return settled(chart.card(self.card_no), balances, legs, -self.amount)


@dataclass(frozen=True, slots=True)
class Correct(Movement):
    """Money back for water that did not come, to be written to the card: `bonus_amount` of
    `amount` was bonus."""

    card_no: str
    amount: int
    bonus_amount: int = 0
    revenue: Account = chart.WATER

    def __post_init__(self) -> None:
        bonus_share(self.bonus_amount, self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal, self.revenue)

    def lines(self, balances: Balances) -> Sequence[Line]:
        card = chart.card(self.card_no)
        legs = [Line(self.revenue, "D", self.amount)]
        if self.amount > self.bonus_amount:
            legs.append(Line(card.pending_load, "C", self.amount - self.bonus_amount))
        if self.bonus_amount:
            legs.append(Line(card.pending_bonus, "C", self.bonus_amount))
        return settled(card, balances, legs)


@dataclass(frozen=True, slots=True)
class Uncorrect(Correct):
    """A correction reduced. What a voucher has taken along meanwhile is charged like a pour."""

    def lines(self, balances: Balances) -> Sequence[Line]:
        card = chart.card(self.card_no)
        legs = [Line(self.revenue, "C", self.amount)]
        charge = self.amount
        for account, share in (
            (card.pending_load, self.amount - self.bonus_amount),
            (card.pending_bonus, self.bonus_amount),
        ):
            balance = balances[account]
            # What it lent counts as there: settling brings it home, at the debtor's expense.
            back = min(share, balance.available + balance.lent)
            if back > 0:
                legs.append(Line(account, "D", back))
                charge -= back
        return settled(card, balances, legs, charge)


@dataclass(frozen=True, slots=True)
class Credit(Movement):
    """Money onto a card's principal from `source`: an opening balance, a top-up at a desk."""

    card_no: str
    amount: int
    source: Account = chart.OPENING

    def __post_init__(self) -> None:
        positive(self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal, self.source)

    def lines(self, balances: Balances) -> Sequence[Line]:
        card = chart.card(self.card_no)
        return settled(card, balances, transfer(self.source, card.principal, self.amount))


@dataclass(frozen=True, slots=True)
class PayBack(Movement):
    """A decision: `amount` of what a card is worth leaves it, to be paid to its holder."""

    card_no: str
    amount: int
    credit: Account = chart.REFUND_PAYABLE

    def __post_init__(self) -> None:
        positive(self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal, self.credit)

    @property
    def purses(self) -> Sequence[Account]:
        """What it takes from, first to last: the holder's own money first."""
        card = chart.card(self.card_no)
        return (card.principal, card.pending_load, card.bonus, card.pending_bonus)

    def lines(self, balances: Balances) -> Sequence[Line]:
        left = self.amount
        lines: list[Line] = []
        for purse in self.purses:
            part = min(left, balances[purse].available)
            if part > 0:
                lines += transfer(purse, self.credit, part)
                left -= part
        if left:
            raise InsufficientError(
                f"card {self.card_no} has {self.amount - left} {chart.FEN} available, "
                f"{self.amount} were asked for"
            )
        return lines


@dataclass(frozen=True, slots=True)
class Forfeit(PayBack):
    """Promotional value that lapses with its card: granted, and in the end not given."""

    credit: Account = chart.BONUS

    @property
    def purses(self) -> Sequence[Account]:
        card = chart.card(self.card_no)
        return (card.pending_bonus, card.bonus, card.pending_load, card.principal)


@dataclass(frozen=True, slots=True)
class WriteOff(Movement):
    """All that the holder of a closed card still owes is given up."""

    card_no: str
    loss: Account = chart.CLOSING_LOSS

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal, self.loss)

    def lines(self, balances: Balances) -> Sequence[Line]:
        receivable = chart.card(self.card_no).receivable
        owed = balances[receivable].posted
        return transfer(self.loss, receivable, owed) if owed > 0 else ()


@dataclass(frozen=True, slots=True)
class Suspend(Movement):
    """A device's taking that no card is charged for, until a person decides."""

    device_id: str
    amount: int
    revenue: Account = chart.WATER

    def __post_init__(self) -> None:
        positive(self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.suspense(self.device_id), self.revenue)

    def lines(self, balances: Balances) -> Sequence[Line]:
        return transfer(chart.suspense(self.device_id), self.revenue, self.amount)


@dataclass(frozen=True, slots=True)
class Unsuspend(Suspend):
    """What was suspended is explained: the opposite of Suspend."""

    def lines(self, balances: Balances) -> Sequence[Line]:
        return transfer(self.revenue, chart.suspense(self.device_id), self.amount)


def _with_cards(accounts: Sequence[Account]) -> Sequence[Account]:
    cards = (chart.card_of(account) for account in accounts)
    return (*accounts, *(card.principal for card in cards if card))


def settle_all(
    balances: Balances, legs: Sequence[Line], *, touched: Sequence[Line] = ()
) -> Sequence[Line]:
    """Settle every card that `legs` or `touched` name."""
    cards = dict.fromkeys(chart.card_of(line.account) for line in (*legs, *touched))
    lines: Sequence[Line] = legs
    for card in cards:
        if card:
            lines = settled(card, balances, lines)
    return lines

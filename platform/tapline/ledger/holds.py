"""Money reserved for a decision, and what becomes of it: two phases, resolved once."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from tapline.errors import InvalidError
from tapline.ledger import chart
from tapline.ledger.chart import Account
from tapline.ledger.movements import Movement, Pour, Transfer, bonus_share, positive, settle_all
from tapline.ledger.rules import Balances, Line, Phase, require, settled, transfer


@dataclass(frozen=True, slots=True)
class Hold(Transfer):
    """A transfer reserved for a decision: refused unless available, resolved once."""

    phase: ClassVar[Phase] = "pending"

    def lines(self, balances: Balances) -> Sequence[Line]:
        return self.covered(balances)


@dataclass(frozen=True, slots=True)
class Freeze(Movement):
    """A hold on all of a card's own money that is free at the moment, while its refund is decided.

    Of a card that has none it holds nothing: there is no hold to resolve then.
    """

    phase: ClassVar[Phase] = "pending"
    card_no: str

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal, chart.REFUND_PAYABLE)

    def lines(self, balances: Balances) -> Sequence[Line]:
        card = chart.card(self.card_no)
        lines: list[Line] = []
        for account in (card.principal, card.pending_load):
            if (available := balances[account].available) > 0:
                lines += transfer(account, chart.REFUND_PAYABLE, available)
        return lines


@dataclass(frozen=True, slots=True)
class LeaseVoucher(Movement):
    """A hold: the machine that the card was tapped on may write `amount` onto it, of which
    `bonus_amount` is bonus. Settled when the write is reported, voided when it never happens."""

    phase: ClassVar[Phase] = "pending"
    card_no: str
    amount: int
    bonus_amount: int = 0

    def __post_init__(self) -> None:
        bonus_share(self.bonus_amount, self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal,)

    def lines(self, balances: Balances) -> Sequence[Line]:
        lines: list[Line] = []
        for waiting, written, share in self._shares():
            require(balances, waiting, share)
            if share:
                lines += transfer(waiting, written, share)
        return lines

    def _shares(self) -> Sequence[tuple[Account, Account, int]]:
        """Where the money waits, where it is once written, and how much of it."""
        card = chart.card(self.card_no)
        return (
            (card.pending_load, card.principal, self.amount - self.bonus_amount),
            (card.pending_bonus, card.bonus, self.bonus_amount),
        )


@dataclass(frozen=True, slots=True)
class WriteVoucher(LeaseVoucher):
    """A voucher written after its lease was given up. It is a fact: what still waits of it moves
    as if it had been held; what was leased again or written again meanwhile does not."""

    phase: ClassVar[Phase] = "single"

    def lines(self, balances: Balances) -> Sequence[Line]:
        legs: list[Line] = []
        for waiting, written, share in self._shares():
            # What it lent counts as there: settling brings it home, at the debtor's expense.
            part = min(share, balances[waiting].available + balances[waiting].lent)
            if part:
                legs += transfer(waiting, written, part)
        return settled(chart.card(self.card_no), balances, legs)


@dataclass(frozen=True, slots=True)
class Authorise(Movement):
    """A hold: `amount` of a card's money for a pour about to start; principal first, then bonus."""

    phase: ClassVar[Phase] = "pending"
    card_no: str
    amount: int
    revenue: Account = chart.WATER

    def __post_init__(self) -> None:
        positive(self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal, self.revenue)

    def lines(self, balances: Balances) -> Sequence[Line]:
        card = chart.card(self.card_no)
        principal = min(self.amount, balances[card.principal].available)
        require(balances, card.bonus, self.amount - principal)
        lines = transfer(card.principal, self.revenue, principal) if principal else ()
        rest = self.amount - principal
        return (*lines, *transfer(card.bonus, self.revenue, rest)) if rest else lines


class Resolution(ABC):
    """The end of a hold, which releases what it reserved: `hold` is the hold's key."""

    __slots__ = ()
    phase: ClassVar[Phase] = "post"
    hold: str

    @property
    def accounts(self) -> Sequence[Account]:
        """What it may touch besides the accounts of the hold and of the cards among them."""
        return ()

    @abstractmethod
    def lines(self, balances: Balances, held: Sequence[Line]) -> Sequence[Line]:
        """The balanced lines, given what was `held` (in pairs, debit first) and the balances
        after its release."""


@dataclass(frozen=True, slots=True)
class Capture(Resolution):
    """The pour that was authorised: the hold is released and `amount` charged like any pour."""

    hold: str
    card_no: str
    amount: int
    revenue: Account = chart.WATER

    def __post_init__(self) -> None:
        positive(self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal, self.revenue)

    def lines(self, balances: Balances, held: Sequence[Line]) -> Sequence[Line]:
        return Pour(self.card_no, self.amount, self.revenue).lines(balances)


@dataclass(frozen=True, slots=True)
class Settle(Resolution):
    """Post a hold: all of it, or the first `amount` of it. The remainder is released."""

    hold: str
    amount: int | None = None

    def __post_init__(self) -> None:
        if self.amount is not None:
            positive(self.amount)

    def lines(self, balances: Balances, held: Sequence[Line]) -> Sequence[Line]:
        total = sum(line.amount for line in held) // 2
        left = total if self.amount is None else self.amount
        if left > total:
            raise InvalidError(f"hold {self.hold} is {total}: {left} cannot be posted of it")
        legs: list[Line] = []
        for debit, credit in zip(held[::2], held[1::2], strict=True):
            part = min(left, debit.amount)
            if part:
                legs += transfer(debit.account, credit.account, part)
            left -= part
        return settle_all(balances, legs)


@dataclass(frozen=True, slots=True)
class Void(Resolution):
    """Give up a hold: nothing moves but what the release lets a card pay."""

    phase: ClassVar[Phase] = "void"
    hold: str

    def lines(self, balances: Balances, held: Sequence[Line]) -> Sequence[Line]:
        return settle_all(balances, (), touched=held)

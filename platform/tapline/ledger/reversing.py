"""A journal taken back: the opposite of what it came to, as far as that is still there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tapline.errors import InvalidError
from tapline.ledger import chart
from tapline.ledger.chart import Account, CardAccounts
from tapline.ledger.movements import Movement
from tapline.ledger.rules import Balances, Line, require, settled


@dataclass(frozen=True, slots=True)
class Reverse(Movement):
    """The opposite of `original`, the lines of a journal that was posted. A decision: refused
    where a bounded account no longer has what the journal brought it.

    A card gets back what was drawn and gives back what was paid in. How it was split over its
    purses then is no part of that: it follows from the totals, as ever.
    """

    original: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not self.original:
            raise InvalidError("a journal without lines has nothing to take back")

    @property
    def accounts(self) -> Sequence[Account]:
        own = dict.fromkeys(line.account for line in self.original)
        return (*own, *(card.principal for card in self._cards))

    @property
    def unit(self) -> str:
        """What it is counted in: money, where any of it is."""
        units = [line.account.unit for line in self.original]
        return chart.FEN if chart.FEN in units else units[0]

    @property
    def amount(self) -> int:
        """What the journal moved, in `unit`."""
        debits = (line for line in self.original if line.side == "D")
        return sum(line.amount for line in debits if line.account.unit == self.unit)

    def lines(self, balances: Balances) -> Sequence[Line]:
        gains: Counter[Account] = Counter()
        for line in self.original:
            if not line.cover:
                gains[line.account] += (
                    line.amount if line.side == line.account.side else -line.amount
                )
        lines: Sequence[Line] = [
            line
            for account, gain in gains.items()
            if chart.card_of(account) is None
            for line in _taken(account, gain, balances)
        ]
        for card in self._cards:
            lines = self._settled(card, gains, balances, lines)
        return lines

    @property
    def _cards(self) -> Sequence[CardAccounts]:
        cards = dict.fromkeys(chart.card_of(line.account) for line in self.original)
        return [card for card in cards if card]

    def _settled(
        self,
        card: CardAccounts,
        gains: Mapping[Account, int],
        balances: Balances,
        legs: Sequence[Line],
    ) -> Sequence[Line]:
        """`legs` with the card's: its purses give back their own, its principal the rest."""
        lent = sum(
            line.amount if line.side == "D" else -line.amount
            for line in self.original
            if line.cover and line.account in card
        )
        paid_in = gains.get(card.principal, 0) - gains.get(card.receivable, 0) - lent
        if paid_in > 0:
            require(balances, card.principal, paid_in)
        own = [line for purse in card[1:4] for line in _taken(purse, gains.get(purse, 0), balances)]
        return settled(card, balances, [*legs, *own], paid_in)


def _taken(account: Account, gain: int, balances: Balances) -> Sequence[Line]:
    """The line that takes back `gain`, or gives it back where it is negative."""
    if gain == 0:
        return ()
    if gain < 0:
        return (Line(account, account.side, -gain),)
    require(balances, account, gain)
    return (Line(account, "D" if account.side == "C" else "C", gain),)

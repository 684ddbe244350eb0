"""A purse holds less than its account: what is missing waits to be written back to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapline.ledger import chart
from tapline.ledger.chart import Account
from tapline.ledger.movements import Movement, positive
from tapline.ledger.rules import Balances, Line, settled, transfer


@dataclass(frozen=True, slots=True)
class Restore(Movement):
    """`amount` that the account holds and the card does not waits to be written to the card.

    The card is worth as much as before: only where its money is changes.
    """

    card_no: str
    amount: int

    def __post_init__(self) -> None:
        positive(self.amount)

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.card_no).principal,)

    def lines(self, balances: Balances) -> Sequence[Line]:
        card = chart.card(self.card_no)
        return settled(card, balances, transfer(card.principal, card.pending_load, self.amount))


@dataclass(frozen=True, slots=True)
class Unrestore(Restore):
    """It was not missing after all: as much of it as still waits goes back. What was written
    meanwhile stays on the card, and what is drawn with it is drawn like any money."""

    def lines(self, balances: Balances) -> Sequence[Line]:
        card = chart.card(self.card_no)
        waiting = balances[card.pending_load]
        # What it lent counts as there: settling brings it home, at the debtor's expense.
        back = min(self.amount, waiting.available + waiting.lent)
        legs = transfer(card.pending_load, card.principal, back) if back > 0 else ()
        return settled(card, balances, legs)

"""A card takes another's place: what the old one is worth goes along, what it owes included."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapline.errors import InvalidError
from tapline.ledger import chart
from tapline.ledger.chart import Account
from tapline.ledger.movements import Movement
from tapline.ledger.rules import Balances, Line, settled


@dataclass(frozen=True, slots=True)
class Carry(Movement):
    """All that `old` is worth and nothing holds goes to `new`: own money as own money, bonus as
    bonus, debts as debts. Onto a purse it waits to be written (`to_purse`); any other card has
    it at once.

    It moves whatever is there: a pour, a correction or a released hold that comes later is
    carried again, and the sums do not depend on which came first.
    """

    old: str
    new: str
    to_purse: bool

    def __post_init__(self) -> None:
        if self.old == self.new:
            raise InvalidError(f"card {self.old} cannot take its own place")

    @property
    def accounts(self) -> Sequence[Account]:
        return (chart.card(self.old).principal, chart.card(self.new).principal)

    def lines(self, balances: Balances) -> Sequence[Line]:
        old = chart.card(self.old)
        drawn, waiting = self._own(balances), _free(balances, old.pending_load)
        bonus, waiting_bonus = _free(balances, old.bonus), _free(balances, old.pending_bonus)
        out = [
            *_gain(old.principal, -drawn),
            *_gain(old.pending_load, -waiting),
            *_gain(old.bonus, -bonus),
            *_gain(old.pending_bonus, -waiting_bonus),
        ]
        into = self._received(balances, drawn + waiting, bonus + waiting_bonus)
        return [*settled(old, balances, out), *into]

    def _own(self, balances: Balances) -> int:
        """The holder's paid money less all that he drew; negative where he drew more."""
        card = chart.card(self.old)
        lent = sum(balances[purse].lent for purse in card[1:4])
        principal = balances[card.principal]
        return principal.available - lent - balances[card.receivable].posted

    def _received(self, balances: Balances, own: int, bonus: int) -> Sequence[Line]:
        new = chart.card(self.new)
        legs = _gain(new.pending_bonus if self.to_purse else new.bonus, bonus)
        purse = new.pending_load if self.to_purse else new.principal
        if own >= 0:
            return settled(new, balances, [*legs, *_gain(purse, own)])
        # What was carried too much comes back before it is written; what is written is owed.
        back = min(-own, _free(balances, new.pending_load)) if self.to_purse else 0
        return settled(new, balances, [*legs, *_gain(new.pending_load, -back)], -own - back)


def _free(balances: Balances, purse: Account) -> int:
    """What a purse holds unheld, and what it has lent: settling brings that home."""
    return balances[purse].available + balances[purse].lent


def _gain(account: Account, amount: int) -> list[Line]:
    """A card's account gains `amount`, or loses it where that is negative."""
    if amount == 0:
        return []
    return [Line(account, "C" if amount > 0 else "D", abs(amount))]

"""Books in memory that check themselves after each movement."""

from collections import defaultdict
from collections.abc import Sequence

from tapline.ledger import (
    Account,
    Balance,
    Movement,
    Resolution,
    Transfer,
    chart,
)
from tapline.ledger.rules import Line, entered

CARD = chart.card("88001234")
BONUS = chart.expense("bonus")
TOPPED_UP = chart.psp("wechat")


class Books(defaultdict[Account, Balance]):
    """Balances in memory; every post checks what must hold after every journal of a card."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, Sequence[Line]] = {}

    def __missing__(self, account: Account) -> Balance:
        self[account] = Balance(account.side)
        return self[account]

    def post(self, *movements: Movement | Resolution) -> None:
        for movement in movements:
            self._post(movement)

    def hold(self, key: str, movement: Movement) -> None:
        lines = movement.lines(self)
        self.held[key] = lines
        self._count(lines, pending=True)

    def _post(self, movement: Movement | Resolution) -> None:
        if isinstance(movement, Resolution):
            held = self.held.pop(movement.hold)
            for line in held:
                self[line.account].reserve(line.side, -line.amount)
            lines = movement.lines(self, held)
        else:
            lines = movement.lines(self)
        self._count(lines, pending=False)

    def _count(self, lines: Sequence[Line], *, pending: bool) -> None:
        debits = sum(line.amount for line in lines if line.side == "D")
        assert debits * 2 == sum(line.amount for line in lines)
        entered(self, lines, pending=pending)
        self._check_card()

    def _check_card(self) -> None:
        purses = [self[account] for account in CARD[:4]]
        assert all(purse.available >= 0 for purse in purses)
        assert all(purse.lent >= 0 for purse in purses)
        assert min(sum(purse.available for purse in purses), self[CARD.receivable].posted) == 0

    @property
    def split(self) -> tuple[int, int, int, int]:
        """(principal, bonus, pending, receivable) in fen."""
        principal, bonus, load, load_bonus, receivable = (self[a].posted for a in CARD)
        return principal, bonus, load + load_bonus, receivable

    @property
    def posted(self) -> dict[str, int]:
        return {account.code: balance.posted for account, balance in self.items()}


def bonus(amount: int) -> Transfer:
    return Transfer(BONUS, CARD.bonus, amount)

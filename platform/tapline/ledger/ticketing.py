"""Water tickets: each is worth its share of what its holder paid for those that he has.

Tickets and the money behind them are two units that move in one journal, so what is available of
the one always covers what is available of the other. The rest of a division goes with the last
ticket: no fen stays behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tapline.errors import InvalidError
from tapline.ledger import chart
from tapline.ledger.chart import Account
from tapline.ledger.holds import Resolution
from tapline.ledger.movements import Movement, positive
from tapline.ledger.rules import Balances, Line, Phase, require, transfer


def ticket_share(fen: int, count: int, of: int) -> int:
    """What `count` of `of` tickets are worth together, if all are worth `fen`."""
    return fen if count == of else fen * count // of


@dataclass(frozen=True, slots=True)
class _Tickets:
    """So many tickets of a customer and product."""

    customer_id: UUID
    sku: str
    count: int

    def __post_init__(self) -> None:
        positive(self.count)

    @property
    def tickets(self) -> Account:
        """Where he has them."""
        return chart.tickets(self.customer_id, self.sku)

    @property
    def cash(self) -> Account:
        """What he paid for them."""
        return chart.ticket_cash(self.customer_id, self.sku)


@dataclass(frozen=True, slots=True)
class IssueTickets(_Tickets, Movement):
    """Tickets come to a customer, and what was paid for them goes behind them from `source`."""

    amount_fen: int
    source: Account

    @property
    def accounts(self) -> Sequence[Account]:
        return (self.tickets, chart.tickets_issued(self.sku), self.cash, self.source)

    def lines(self, balances: Balances) -> Sequence[Line]:
        lines = transfer(chart.tickets_issued(self.sku), self.tickets, self.count)
        if not self.amount_fen:
            return lines
        require(balances, self.source, self.amount_fen)
        return (*lines, *transfer(self.source, self.cash, self.amount_fen))


@dataclass(frozen=True, slots=True)
class HoldTickets(_Tickets, Movement):
    """Tickets reserved with their share of the money, which goes `to` whoever gets it when they
    are used up."""

    phase: ClassVar[Phase] = "pending"
    to: Account

    @property
    def accounts(self) -> Sequence[Account]:
        return (self.tickets, chart.tickets_issued(self.sku), self.cash, self.to)

    def lines(self, balances: Balances) -> Sequence[Line]:
        require(balances, self.tickets, self.count)
        lines = transfer(self.tickets, chart.tickets_issued(self.sku), self.count)
        free = balances[self.tickets].available
        worth_fen = ticket_share(balances[self.cash].available, self.count, free)
        return (*lines, *transfer(self.cash, self.to, worth_fen)) if worth_fen else lines


@dataclass(frozen=True, slots=True)
class UseTickets(Resolution):
    """The first `count` of the tickets held are used up, with their share of what is held; the
    rest is his again."""

    hold: str
    count: int

    def __post_init__(self) -> None:
        positive(self.count)

    def lines(self, balances: Balances, held: Sequence[Line]) -> Sequence[Line]:
        tickets, issued, *cash = held
        if self.count > tickets.amount:
            raise InvalidError(f"hold {self.hold} is {tickets.amount} tickets, not {self.count}")
        lines = transfer(tickets.account, issued.account, self.count)
        worth_fen = ticket_share(cash[0].amount, self.count, tickets.amount) if cash else 0
        if not worth_fen:
            return lines
        return (*lines, *transfer(cash[0].account, cash[1].account, worth_fen))

"""What tickets are worth and what became of them. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tapline.errors import InvalidError
from tapline.ledger import StatementLine

TICKETS_MAX = 1000
"""In one booklet, and brought along by one customer: more is a slip of the finger."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}")


@dataclass(frozen=True, slots=True)
class InHand:
    """A customer's tickets of one product."""

    sku: str
    free: int
    """What he may order with, or give back."""
    reserved: int
    """For barrels on their way, or while a refund is decided."""
    free_fen: int
    """What he paid for the free ones."""

    @property
    def count(self) -> int:
        """All that he has."""
        return self.free + self.reserved


@dataclass(frozen=True, slots=True)
class Outstanding:
    """All tickets of one product at customers', and the money that is not earned for them."""

    sku: str
    issued: int
    """Ever."""
    used: int
    """Redeemed or given back."""
    prepaid_fen: int

    @property
    def tickets(self) -> int:
        """Still at customers'."""
        return self.issued - self.used


@dataclass(frozen=True, slots=True)
class Use:
    """One line of the history of a customer's tickets."""

    kind: str
    """As the ledger names the journal."""
    at: datetime
    change: int
    """Tickets that came, or, negative, went."""
    left: int
    order_id: UUID | None
    """The order that they brought a barrel for."""
    key: str


def check_offer(code: str, tickets: int, price_fen: int) -> None:
    """Refuse a booklet that cannot be sold.

    Raises:
        InvalidError: it says what can be.
    """
    if not _CODE.fullmatch(code):
        raise InvalidError(f"code {code!r}: use 1 to 32 letters, digits, dots and dashes")
    if not 1 <= tickets <= TICKETS_MAX:
        raise InvalidError(f"a booklet has 1 to {TICKETS_MAX} tickets, not {tickets}")
    if price_fen < tickets:
        raise InvalidError("a booklet costs at least a fen a ticket")


def uses(lines: Iterable[StatementLine]) -> list[Use]:
    """Posted lines of a tickets account as its holder reads them, in the order given."""
    return [
        Use(
            line.kind,
            line.event_at,
            line.amount if line.side == "C" else -line.amount,
            line.balance_after,
            _order_of(line.key),
            line.key,
        )
        for line in lines
        if not line.pending
    ]


def used_dearer_fen(bought: Iterable[tuple[int, int]], in_hand: int, single_fen: int) -> int:
    """What the used tickets of the booklet begun would have cost more, barrel by barrel.

    `bought` are (tickets, price in fen) of booklets, newest first: the oldest are used up first.
    """
    left = in_hand
    for tickets, price_fen in bought:
        if left < tickets:
            used = tickets - left if left > 0 else 0
            return max(0, used * single_fen - price_fen * used // tickets)
        left -= tickets
    return 0


def in_hand(tickets: Mapping[str, tuple[int, int]], free_fen: Mapping[str, int]) -> list[InHand]:
    """By product: `tickets` are (all, reserved) by sku, `free_fen` the money behind the free."""
    return [
        InHand(sku, count - reserved, reserved, free_fen.get(sku, 0))
        for sku, (count, reserved) in sorted(tickets.items())
        if count
    ]


def _order_of(key: str) -> UUID | None:
    kind, _, rest = key.partition(":")
    return UUID(rest.partition(":")[0]) if kind == "order" else None

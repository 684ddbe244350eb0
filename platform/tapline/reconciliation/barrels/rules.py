"""What an order, the books, its courier and its customer disagree on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tapline.ledger import StatementLine, chart
from tapline.orders import Order, OrderState
from tapline.orders.receipts import Answer, DeliveryDoubt
from tapline.policy import Policy
from tapline.reconciliation.findings.rules import Found
from tapline.reconciliation.model import Side


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger has of an order: tickets used up by it, and buckets it left with him."""

    tickets: int
    buckets: int

    @classmethod
    def of(cls, lines: Iterable[StatementLine]) -> "Booked":
        """Read it off the lines of all the order's journals, those taken back by hand included."""
        tickets = buckets = 0
        for line in lines:
            if line.pending:
                continue
            if line.code == "tickets:issued":
                tickets += line.amount if line.side == "C" else -line.amount
            elif line.code == chart.BUCKETS_OUT.code:
                buckets += line.amount if line.side == "C" else -line.amount
        return cls(tickets, buckets)


def keys(order: Order) -> list[str]:
    """Every key under which the books may have tickets or buckets of an order, with those of
    journals that take one back by hand."""
    named = ["buckets", "empties", "recount:buckets"]
    for line in order.lines:
        if line.tickets:
            named += [f"redeem:{line.sku}", f"recount:tickets:{line.sku}"]
    posted = [f"{order.subject}:{name}" for name in named]
    return [*posted, *(f"rev:{key}" for key in posted)]


def expected(order: Order) -> Booked:
    """What the order itself says that the ledger should have."""
    if order.state is not OrderState.DELIVERED:
        return Booked(0, 0)
    came = {line.sku: line.delivered or 0 for line in order.lines}
    handed = sum(came[line.sku] for line in order.lines if line.deposit_fen)
    return Booked(
        tickets=sum(line.redeemed(came[line.sku]) for line in order.lines),
        buckets=handed - (order.buckets_returned or 0),
    )


def found(
    order: Order, booked: Booked, doubt: DeliveryDoubt | None, now: datetime, policy: Policy
) -> Found | None:
    """D27 of an order: None where all agree.

    Tickets and buckets that the books have otherwise are for a person. A customer who counts
    otherwise is answered by his courier first; who insists, or does not answer, needs a person.
    """
    should = expected(order)
    facts: dict[str, Any] = {"number": order.number}
    if booked.tickets != should.tickets:
        why = "not_redeemed" if booked.tickets < should.tickets else "redeemed_twice"
        facts |= {"why": why, "tickets": should.tickets, "booked": booked.tickets}
    elif booked.buckets != should.buckets:
        facts |= {"why": "buckets", "buckets": should.buckets, "booked": booked.buckets}
    elif doubt is not None:
        return _doubted(order, doubt, facts, now, policy)
    else:
        return None
    return Found(card_no=None, amount_fen=0, facts=facts, needs_person=True, side=Side.OPERATOR)


def due_at(doubt: DeliveryDoubt, policy: Policy) -> datetime:
    """Until when the courier may answer before somebody else is asked."""
    return doubt.said_at + timedelta(seconds=policy.recount_s)


def _doubted(
    order: Order, doubt: DeliveryDoubt, facts: dict[str, Any], now: datetime, policy: Policy
) -> Found:
    silent = doubt.answer is None and now >= due_at(doubt, policy)
    facts |= {
        "why": "doubted",
        "counted": sum(doubt.counted.values()),
        "received": sum(doubt.received.values()),
        "buckets_returned": doubt.counted_buckets,
        "buckets_given": doubt.buckets_given,
        "answer": doubt.answer.value if doubt.answer else "none" if silent else "asked",
    }
    return Found(
        card_no=None,
        amount_fen=_worth_fen(order, doubt),
        facts=facts,
        needs_person=silent or doubt.answer is Answer.AS_COUNTED,
        side=Side.OPERATOR,
    )


def _worth_fen(order: Order, doubt: DeliveryDoubt) -> int:
    """What the barrels in doubt cost, at the price by the barrel."""
    missing = {sku: doubt.counted[sku] - doubt.received[sku] for sku in doubt.counted}
    return sum(missing[line.sku] * line.price_fen for line in order.lines)

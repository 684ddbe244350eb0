"""Tickets in place of money: reserved with an order, used up with its delivery, or free again."""

from collections.abc import Mapping

from tapline import clock, ledger
from tapline.ledger import Movement, Resolution, chart
from tapline.orders.model import Order, OrderLine


def reserved(order: Order) -> list[ledger.Command]:
    """The tickets that an order is placed with."""
    return [
        _command(
            order,
            line,
            "tickets",
            line.tickets,
            ledger.HoldTickets(order.customer_id, line.sku, line.tickets, chart.BOTTLED),
        )
        for line in order.lines
        if line.tickets
    ]


def redeemed(order: Order, came: Mapping[str, int]) -> list[ledger.Command]:
    """What a delivery of so many barrels by sku uses up; tickets for the others are free again."""
    return [
        _redeemed(order, line, line.redeemed(came[line.sku]))
        for line in order.lines
        if line.tickets
    ]


def released(order: Order) -> list[ledger.Command]:
    """All of an order's tickets are their holder's again: it does not come."""
    return [_redeemed(order, line, 0) for line in order.lines if line.tickets]


def redeem_key(order: Order, line: OrderLine) -> str:
    """Where the ledger has the tickets that the delivery of a line used up."""
    return _key(order, line, "redeem")


def _redeemed(order: Order, line: OrderLine, count: int) -> ledger.Command:
    hold = _key(order, line, "tickets")
    if count:
        return _command(order, line, "redeem", count, ledger.UseTickets(hold, count))
    return _command(order, line, "release", line.tickets, ledger.Void(hold))


def _key(order: Order, line: OrderLine, step: str) -> str:
    return f"{order.subject}:{step}:{line.sku}"


def _command(
    order: Order, line: OrderLine, step: str, count: int, movement: Movement | Resolution
) -> ledger.Command:
    return ledger.Command(
        key=_key(order, line, step),
        kind=f"order_{step}",
        event_at=clock.now(),
        movement=movement,
        content={"order": str(order.order_id), "sku": line.sku, "tickets": count},
        source={"subject": order.subject},
    )

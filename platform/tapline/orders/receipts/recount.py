"""The books after a delivery was counted anew: what it earned and used up too much comes back."""

from collections.abc import Mapping

from tapline import clock, ledger
from tapline.errors import InvalidError
from tapline.ledger import Movement, StatementLine, chart
from tapline.orders.booklets.redeeming import redeem_key
from tapline.orders.buckets import service as buckets
from tapline.orders.model import Order, OrderLine


def checked(order: Order, received: Mapping[str, int], buckets_given: int) -> dict[str, int]:
    """A customer's count by sku, of every line; his own doubt takes nothing from him.

    Raises:
        InvalidError: more barrels than the courier counted, or buckets beyond all measure.
    """
    came = {line.sku: received.get(line.sku, line.delivered or 0) for line in order.lines}
    if any(not 0 <= came[line.sku] <= (line.delivered or 0) for line in order.lines):
        raise InvalidError("between 0 and the barrels that the courier counted can have come")
    if not 0 <= buckets_given <= buckets.TAKEN_MAX:
        raise InvalidError(f"count the empties: 0 to {buckets.TAKEN_MAX}")
    return came


def redeem_keys(order: Order) -> list[str]:
    """Where the ledger has the tickets that the delivery used up."""
    return [redeem_key(order, line) for line in order.lines if line.tickets]


def recounted(
    order: Order,
    came: Mapping[str, int],
    buckets_given: int,
    used: Mapping[str, list[StatementLine]],
) -> list[ledger.Command]:
    """What makes the books say `came`; `used` are the lines under `redeem_keys`."""
    commands = [
        _command(order, f"tickets:{line.sku}", movement)
        for line in order.lines
        if (movement := _tickets_back(order, line, came[line.sku], used)) is not None
    ]
    unearned_fen = sum(
        line.earned_fen(line.delivered or 0) - line.earned_fen(came[line.sku])
        for line in order.lines
    )
    if unearned_fen:
        movement = ledger.Transfer(
            chart.BOTTLED, chart.order_unearned(order.order_id), unearned_fen
        )
        commands.append(_command(order, "unearned", movement))
    missing = sum(
        (line.delivered or 0) - came[line.sku] for line in order.lines if line.deposit_fen
    )
    gone = missing + buckets_given - (order.buckets_returned or 0)
    if gone:
        move = buckets.taken if gone > 0 else buckets.handed
        key = f"{order.subject}:recount:buckets"
        commands.append(move(key, order.customer_id, abs(gone), subject=order.subject))
    return commands


def _tickets_back(
    order: Order, line: OrderLine, came: int, used: Mapping[str, list[StatementLine]]
) -> Movement | None:
    """Tickets that were used up for barrels that did not come, at what they were used up for."""
    before = line.redeemed(line.delivered or 0)
    count = before - line.redeemed(came)
    if not count:
        return None
    lines = used[redeem_key(order, line)]
    paid = [x.amount for x in lines if x.code == chart.BOTTLED.code and not x.pending]
    worth_fen = ledger.ticket_share(sum(paid), count, before)
    return ledger.IssueTickets(order.customer_id, line.sku, count, worth_fen, chart.BOTTLED)


def _command(order: Order, step: str, movement: Movement) -> ledger.Command:
    return ledger.Command(
        key=f"{order.subject}:recount:{step}",
        kind="tickets_returned" if step.startswith("tickets") else "order_recounted",
        event_at=clock.now(),
        movement=movement,
        content={"order": str(order.order_id)},
        source={"subject": order.subject},
    )

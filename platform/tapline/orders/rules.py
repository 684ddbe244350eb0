"""What may be ordered, what became of it, and who carries it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from tapline import clock
from tapline.errors import ConflictError, InvalidError
from tapline.orders.model import Order, OrderLine, OrderState

GRACE = timedelta(minutes=30)
"""After the promised window: lifts and gates cost time; from then on it is late."""
PAY_WITHIN = timedelta(minutes=30)
"""How long one payment stays open; another may be begun after it."""
KEPT_UNPAID = timedelta(hours=2)
"""Then an order that nobody pays is cancelled."""
QUANTITY_MAX = 50
"""Of one product in one order: more is an enterprise's, with an agreement of its own."""

UNDELIVERED = frozenset({OrderState.PAID, OrderState.ASSIGNED, OrderState.OUT, OrderState.FAILED})
"""Paid for, and the customer still waits."""
PROMISED = UNDELIVERED | {OrderState.PLACED}
"""Its price stands, and it comes unless it is cancelled."""
ON_A_LIST = frozenset({OrderState.ASSIGNED, OrderState.OUT, OrderState.FAILED})
"""A courier answers for it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many barrels of a product, so many of them for a water ticket each."""

    sku: str
    quantity: int
    tickets: int = 0


def day_start(now: datetime) -> datetime:
    """When the business day began."""
    return datetime.combine(clock.business_date(now), time(), clock.BUSINESS_ZONE)


def checked(wanted: Sequence[Wanted]) -> dict[str, Wanted]:
    """What is wanted by sku, in the order asked for.

    Raises:
        InvalidError: nothing is wanted, a quantity is below one or beyond all measure, or there
            are more tickets than barrels.
    """
    merged: dict[str, Wanted] = {}
    for one in wanted:
        before = merged.get(one.sku, Wanted(one.sku, 0))
        merged[one.sku] = Wanted(
            one.sku, before.quantity + one.quantity, before.tickets + one.tickets
        )
    if not merged:
        raise InvalidError("choose at least one barrel")
    if not all(1 <= one.quantity <= QUANTITY_MAX for one in merged.values()):
        raise InvalidError(f"order 1 to {QUANTITY_MAX} barrels of a kind; call us for more")
    if not all(0 <= one.tickets <= one.quantity for one in merged.values()):
        raise InvalidError("a ticket is good for one barrel: use no more tickets than barrels")
    return merged


def number(day: date, count: int) -> str:
    """The `count`-th number of a business day: `B2611210042`."""
    return f"B{day:%y%m%d}{count:04d}"


C = TypeVar("C")


def least_busy(couriers: Sequence[C], loads: Sequence[int]) -> C | None:
    """The courier with the fewest tasks; the first of several."""
    if not couriers:
        return None
    return couriers[min(range(len(couriers)), key=lambda at: (loads[at], at))]


def counted(lines: Sequence[OrderLine], delivered: Mapping[str, int] | None) -> dict[str, int]:
    """How many barrels of each line came; all of them where nothing is said.

    Raises:
        InvalidError: more than ordered, of something else, or nothing at all.
    """
    if delivered is None:
        return {line.sku: line.quantity for line in lines}
    if unknown := set(delivered) - {line.sku for line in lines}:
        raise InvalidError(f"not ordered: {', '.join(sorted(unknown))}")
    came = {line.sku: delivered.get(line.sku, 0) for line in lines}
    if any(not 0 <= came[line.sku] <= line.quantity for line in lines):
        raise InvalidError("between 0 and the barrels that were ordered can be delivered")
    if not any(came.values()):
        raise InvalidError("nothing was delivered: say why it could not be delivered instead")
    return came


def must_be(order: Order, states: frozenset[OrderState], act: str) -> None:
    """Refuse `act` on an order in any other state, and say which it is in."""
    if order.state not in states:
        raise ConflictError(f"order {order.number} is {order.state.value}: it cannot be {act}")

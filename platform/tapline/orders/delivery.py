"""The courier's day: what is on his list, and what he says of each task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tapline import clock, ledger, people
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.orders import lots, rules
from tapline.orders.booklets import redeeming
from tapline.orders.buckets import service as buckets
from tapline.orders.history import record
from tapline.orders.model import FailReason, Order, OrderState, StepKind
from tapline.orders.repository import OrderRepository
from tapline.orders.telling import tell
from tapline.people import Customer, Staff
from tapline.uow import UnitOfWork

_AT_HAND = frozenset({OrderState.ASSIGNED, OrderState.OUT})
_AGAIN = frozenset({OrderState.OUT, OrderState.FAILED})


@dataclass(frozen=True, slots=True)
class Task:
    """An order as its courier needs it."""

    order: Order
    customer: Customer
    stopped: bool
    """The customer wants his money back: nothing is handed over until that is decided."""

    @property
    def late(self) -> bool:
        """Whether the promised window is over."""
        return self.order.late_since is not None


def tasks_of(uow: UnitOfWork, *, courier: Staff) -> list[Task]:
    """What a courier has to do, most urgent first."""
    orders = OrderRepository(uow, courier.tenant_id)
    return _tasks(uow, courier.tenant_id, orders.of_courier(courier.staff_id, rules.ON_A_LIST))


def delivered_today(uow: UnitOfWork, *, courier: Staff) -> Sequence[Order]:
    """What a courier has brought this business day, last first."""
    orders = OrderRepository(uow, courier.tenant_id)
    return orders.delivered_by(courier.staff_id, rules.day_start(clock.now()))


def task(uow: UnitOfWork, *, courier: Staff, order_id: UUID) -> Task:
    """One of a courier's own orders, whatever became of it; `NotFoundError` for any other."""
    order = _own(uow, courier, order_id)
    return _tasks(uow, courier.tenant_id, [order])[0]


def depart(uow: UnitOfWork, *, courier: Staff, order_id: UUID) -> Order:
    """He takes it out; the customer is told. Said again it changes nothing.

    Raises:
        NotFoundError: it is not on his list.
        ConflictError: it is over, or the customer wants his money back.
    """
    order = _own(uow, courier, order_id, lock=True)
    if order.state is OrderState.OUT:
        return order
    rules.must_be(order, frozenset({OrderState.ASSIGNED}), "taken out")
    _check_not_stopped(order)
    order.state, order.out_at = OrderState.OUT, clock.now()
    tell(uow, order, record(uow, order, StepKind.OUT, by=courier))
    return order


def resume(uow: UnitOfWork, *, courier: Staff, order_id: UUID) -> Order:
    """Back on his list: he has not left after all, or tries once more.

    Raises:
        NotFoundError: it is not his.
        ConflictError: it is over.
    """
    order = _own(uow, courier, order_id, lock=True)
    if order.state is OrderState.ASSIGNED:
        return order
    rules.must_be(order, _AGAIN, "put back on the list")
    order.state, order.fail_reason, order.out_at = OrderState.ASSIGNED, None, None
    record(uow, order, StepKind.RESUMED, by=courier)
    return order


def deliver(
    uow: UnitOfWork,
    *,
    courier: Staff,
    order_id: UUID,
    buckets_returned: int,
    delivered: Mapping[str, int] | None = None,
    photo: UUID | None = None,
    words: str = "",
    lot: str = "",
) -> Order:
    """Barrels are with the customer: so much is earned, so many buckets changed hands.

    `delivered` counts barrels by sku, all of them where it is None; `lot` is what they were
    filled in. What did not come stays the customer's: his tickets first, then his money. Said
    again in the same words it is the same delivery.

    Raises:
        NotFoundError: it is not his.
        InvalidError: counts that cannot be.
        ConflictError: it is over, was recorded with other counts, or the customer wants his
            money back; or the lot is held back.
    """
    order = _own(uow, courier, order_id, lock=True)
    came = rules.counted(order.lines, delivered)
    if not 0 <= buckets_returned <= buckets.TAKEN_MAX:
        raise InvalidError(f"count the empties: 0 to {buckets.TAKEN_MAX}")
    if order.state is OrderState.DELIVERED:
        return _same(order, came, buckets_returned, lot)
    rules.must_be(order, _AT_HAND, "delivered")
    _check_not_stopped(order)
    order.lot = _lot(uow, order, lot)
    commands = _postings(order, came, buckets_returned)
    ledger.post(uow, tenant_id=order.tenant_id, commands=commands)
    for line in order.lines:
        line.delivered = came[line.sku]
    order.state, order.ended_at = OrderState.DELIVERED, clock.now()
    order.buckets_returned = buckets_returned
    facts = {"delivered": sum(came.values()), "buckets_returned": buckets_returned}
    if order.tickets:
        facts["tickets"] = sum(line.redeemed(came[line.sku]) for line in order.lines)
    step = record(
        uow, order, StepKind.DELIVERED, by=courier, words=words, facts=facts, file_id=photo
    )
    tell(uow, order, step)
    return order


def fail(
    uow: UnitOfWork,
    *,
    courier: Staff,
    order_id: UUID,
    reason: FailReason,
    words: str = "",
    photo: UUID | None = None,
) -> Order:
    """He came in vain; the customer is told. Nothing moves in the ledger.

    Raises:
        NotFoundError: it is not his.
        InvalidError: another reason, without words.
        ConflictError: it is over.
    """
    if reason is FailReason.OTHER and not words.strip():
        raise InvalidError("say in a few words why it could not be delivered")
    order = _own(uow, courier, order_id, lock=True)
    if order.state is OrderState.FAILED and order.fail_reason is reason:
        return order
    rules.must_be(order, _AT_HAND, "given up")
    order.state, order.fail_reason = OrderState.FAILED, reason
    facts = {"reason": reason.value}
    step = record(
        uow, order, StepKind.FAILED, by=courier, words=words.strip(), facts=facts, file_id=photo
    )
    tell(uow, order, step)
    return order


def _own(uow: UnitOfWork, courier: Staff, order_id: UUID, *, lock: bool = False) -> Order:
    order = OrderRepository(uow, courier.tenant_id).get(order_id, lock=lock)
    if order.courier_id != courier.staff_id:
        raise NotFoundError(f"no order {order_id}")
    return order


def _tasks(uow: UnitOfWork, tenant_id: str, orders: Sequence[Order]) -> list[Task]:
    tasks = []
    for order in orders:
        customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=order.customer_id)
        assert customer is not None
        tasks.append(Task(order, customer, order.refund_asked_at is not None))
    return tasks


def _check_not_stopped(order: Order) -> None:
    if order.refund_asked_at is not None:
        raise ConflictError(
            f"the customer wants his money back for {order.number}: hand nothing over, ask the desk"
        )


def _lot(uow: UnitOfWork, order: Order, typed: str) -> str | None:
    """The lot that was handed over, which must not be held back."""
    if not typed.strip():
        return None
    lot = lots.read(typed)
    lots.check_not_held(uow, tenant_id=order.tenant_id, lot=lot)
    return lot


def _same(order: Order, came: Mapping[str, int], buckets_returned: int, lot: str) -> Order:
    """The delivery recorded before, where it is this one; its lot may be told afterwards."""
    recorded = {line.sku: line.delivered for line in order.lines}
    if recorded != came or order.buckets_returned != buckets_returned:
        raise ConflictError(
            f"order {order.number} was recorded with other counts: a supervisor puts that right"
        )
    if order.lot is None and lot.strip():
        # Held back or not: these barrels are out, and whoever has them must be found.
        order.lot = lots.read(lot)
    return order


def _postings(order: Order, came: Mapping[str, int], buckets_returned: int) -> list[ledger.Command]:
    """What the delivery earns, the tickets that it uses up, and the buckets that changed hands.
    One-way ones come to stay."""
    commands = redeeming.redeemed(order, came)
    earned_fen = sum(line.earned_fen(came[line.sku]) for line in order.lines)
    handed = sum(came[line.sku] for line in order.lines if line.deposit_fen)
    if earned_fen:
        unearned = chart.order_unearned(order.order_id)
        command = ledger.Command(
            key=f"{order.subject}:delivered",
            kind="order_delivered",
            event_at=clock.now(),
            movement=ledger.Transfer(unearned, chart.BOTTLED, earned_fen),
            content={"order": str(order.order_id), "earned_fen": earned_fen},
            source={"subject": order.subject},
        )
        commands.append(command)
    if handed:
        key = f"{order.subject}:buckets"
        commands.append(buckets.handed(key, order.customer_id, handed, subject=order.subject))
    if buckets_returned:
        key = f"{order.subject}:empties"
        commands.append(
            buckets.taken(key, order.customer_id, buckets_returned, subject=order.subject)
        )
    return commands

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from tapline import clock, ledger
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.orders import rules
from tapline.orders.history import record
from tapline.orders.model import Order, OrderState, StepKind
from tapline.orders.receipts import recount
from tapline.orders.receipts.model import Answer, DeliveryDoubt
from tapline.orders.receipts.repository import ReceiptRepository
from tapline.orders.repository import OrderRepository
from tapline.people import Staff
from tapline.uow import UnitOfWork

DOUBTED_WITHIN = timedelta(days=7)
"""So long after a delivery its counts are open to doubt by a customer; later he calls us."""
_DELIVERED = frozenset({OrderState.DELIVERED})


def doubt(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    customer_id: UUID,
    order_id: UUID,
    received: Mapping[str, int],
    buckets_given: int,
    words: str = "",
) -> DeliveryDoubt:
    """A customer says what really came, and how many empties he gave; his courier is asked.

    Said again in the same words it is the same doubt.

    Raises:
        NotFoundError: the order is not his.
        InvalidError: counts that cannot be, or the courier's own.
        ConflictError: it is not delivered, was too long ago, or was doubted otherwise.
    """
    order = OrderRepository(uow, tenant_id).get(order_id, lock=True)
    if order.customer_id != customer_id:
        raise NotFoundError(f"no order {order_id}")
    rules.must_be(order, _DELIVERED, "doubted: it is counted when it is there")
    receipts = ReceiptRepository(uow, tenant_id)
    if (known := receipts.of(order_id)) is not None:
        if (known.received, known.buckets_given) != (dict(received), buckets_given):
            raise ConflictError("you have told us your counts: the courier is asked, or was")
        return known
    assert order.ended_at is not None
    if clock.now() - order.ended_at > DOUBTED_WITHIN:
        raise ConflictError("this was delivered too long ago: call us")
    came = recount.checked(order, received, buckets_given)
    counted = {line.sku: line.delivered or 0 for line in order.lines}
    if (came, buckets_given) == (counted, order.buckets_returned):
        raise InvalidError("this is what the courier counted as well")
    found = DeliveryDoubt(
        order_id=order_id,
        tenant_id=tenant_id,
        counted=counted,
        counted_buckets=order.buckets_returned or 0,
        received=came,
        buckets_given=buckets_given,
        words=words.strip(),
        said_at=clock.now(),
    )
    receipts.add(found)
    facts = {"received": sum(came.values()), "buckets_given": buckets_given}
    record(
        uow, order, StepKind.DOUBTED, by=f"customer:{customer_id}", words=found.words, facts=facts
    )
    return found


def answer(
    uow: UnitOfWork, *, courier: Staff, order_id: UUID, customer_is_right: bool, words: str = ""
) -> DeliveryDoubt:
    """The courier looks again. Where the customer is right the delivery is counted anew.

    Answered again, the first answer stands.

    Raises:
        NotFoundError: it is not his order, or nobody doubts it.
    """
    order = OrderRepository(uow, courier.tenant_id).get(order_id, lock=True)
    found = ReceiptRepository(uow, courier.tenant_id).of(order_id)
    if order.courier_id != courier.staff_id or found is None:
        raise NotFoundError(f"nobody doubts order {order_id}")
    if found.answer is not None:
        return found
    found.answered_at = clock.now()
    found.answer = Answer.CUSTOMER_RIGHT if customer_is_right else Answer.AS_COUNTED
    if customer_is_right:
        _count_anew(uow, order, found)
    kind = StepKind.RECOUNTED if customer_is_right else StepKind.INSISTED
    record(uow, order, kind, by=courier, words=words.strip())
    return found


def doubt_of(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> DeliveryDoubt | None:
    """What the customer says of a delivery, if it is something else than his courier."""
    return ReceiptRepository(uow, tenant_id).of(order_id)


def doubts_of(
    uow: UnitOfWork, *, tenant_id: str, order_ids: Collection[UUID]
) -> dict[UUID, DeliveryDoubt]:
    """The doubts about these orders, by order."""
    found = ReceiptRepository(uow, tenant_id).of_orders(order_ids)
    return {one.order_id: one for one in found}


def unanswered_of(uow: UnitOfWork, *, courier: Staff) -> Sequence[Order]:
    """The orders about which a courier is asked, longest asked first."""
    return ReceiptRepository(uow, courier.tenant_id).unanswered(courier.staff_id)


def _count_anew(uow: UnitOfWork, order: Order, found: DeliveryDoubt) -> None:
    used = ledger.entries_for_keys(uow, tenant_id=order.tenant_id, keys=recount.redeem_keys(order))
    commands = recount.recounted(order, found.received, found.buckets_given, used)
    ledger.post(uow, tenant_id=order.tenant_id, commands=commands)
    for line in order.lines:
        line.delivered = found.received[line.sku]
    order.buckets_returned = found.buckets_given

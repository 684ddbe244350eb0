from uuid import UUID

from tapline import audit, clock, ledger
from tapline.errors import InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.orders import rules as order_rules
from tapline.orders.buckets import rules
from tapline.orders.buckets.repository import BucketRepository
from tapline.orders.buckets.rules import Deposits
from tapline.people import Staff, find_customer
from tapline.uow import UnitOfWork

TAKEN_MAX = 50
"""Empties at a time: one more is a slip of the finger."""


def deposits_of(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> Deposits:
    """A customer's buckets and deposits as the ledger has them."""
    deposit, held = chart.bucket_deposit(customer_id), chart.buckets_at(customer_id)
    fen = ledger.balances(uow, tenant_id=tenant_id, codes=[deposit.code])
    counts = ledger.balances(uow, tenant_id=tenant_id, codes=[held.code], unit=chart.BUCKET)
    available_fen = fen[deposit.code].available if fen else 0
    orders = BucketRepository(uow, tenant_id)
    reserved_fen = orders.reserved_fen(customer_id, order_rules.UNDELIVERED)
    return rules.standing(
        max(0, available_fen - reserved_fen),
        counts[held.code].posted if counts else 0,
        orders.paid(customer_id),
        exchanged=orders.exchanged(customer_id, order_rules.PROMISED),
    )


def take_back(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    customer_id: UUID,
    buckets: int,
    staff: Staff,
    request_key: str,
) -> None:
    """Empties brought to the station, without a delivery. The same `request_key` counts once.

    Raises:
        InvalidError: none, or more than anybody carries.
        NotFoundError: the tenant has no such customer.
    """
    if not 1 <= buckets <= TAKEN_MAX:
        raise InvalidError(f"count the empties: 1 to {TAKEN_MAX}")
    if find_customer(uow, tenant_id=tenant_id, customer_id=customer_id) is None:
        raise NotFoundError(f"no customer {customer_id}")
    key = f"empties:{request_key}"
    command = taken(key, customer_id, buckets, subject=f"customer:{customer_id}")
    (posted,) = ledger.post(uow, tenant_id=tenant_id, commands=[command])
    if not posted.replayed:
        audit.record(
            uow,
            tenant_id=tenant_id,
            actor=staff.login,
            action="buckets.take_back",
            subject=f"customer:{customer_id}",
            reason=str(buckets),
        )


def handed(key: str, customer_id: UUID, buckets: int, *, subject: str) -> ledger.Command:
    """Buckets that came to a customer's."""
    movement = ledger.Transfer(chart.buckets_at(customer_id), chart.BUCKETS_OUT, buckets)
    return _command(key, "buckets_out", movement, subject)


def taken(key: str, customer_id: UUID, buckets: int, *, subject: str) -> ledger.Command:
    """Buckets that came back from a customer's."""
    movement = ledger.Transfer(chart.BUCKETS_OUT, chart.buckets_at(customer_id), buckets)
    return _command(key, "buckets_back", movement, subject)


def _command(key: str, kind: str, movement: ledger.Transfer, subject: str) -> ledger.Command:
    return ledger.Command(
        key=key,
        kind=kind,
        event_at=clock.now(),
        movement=movement,
        content={"subject": subject, "buckets": movement.amount},
        source={"subject": subject},
    )

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tapline import clock, ledger, orders, policy
from tapline.orders import Order, receipts
from tapline.orders.receipts import Answer
from tapline.reconciliation.barrels import rules
from tapline.reconciliation.barrels.rules import Booked
from tapline.reconciliation.findings import service as findings
from tapline.reconciliation.model import Resolution
from tapline.uow import UnitOfWork

CODE = "D27"
_LOOKED_BACK = timedelta(days=7)
"""So long after its end an order is held against the books: they are corrected by hand."""


def follow(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> None:
    """Have D27 say of an order what holds now."""
    order = orders.get(uow, tenant_id=tenant_id, order_id=order_id)
    _follow(uow, tenant_id, [order])


def sweep(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Look again at every order that ended lately, and at those of which something was found."""
    ended = orders.ended_since(uow, tenant_id=tenant_id, since=clock.now() - _LOOKED_BACK)
    known = {order.subject for order in ended}
    standing = findings.standing(uow, tenant_id=tenant_id, code=CODE)
    older = [
        orders.get(uow, tenant_id=tenant_id, order_id=UUID(subject.partition(":")[2]))
        for subject in standing
        if subject not in known
    ]
    _follow(uow, tenant_id, [*ended, *older])


def _follow(uow: UnitOfWork, tenant_id: str, looked_at: Sequence[Order]) -> None:
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    order_ids = [order.order_id for order in looked_at]
    doubts = receipts.doubts_of(uow, tenant_id=tenant_id, order_ids=order_ids)
    booked = _booked(uow, tenant_id, looked_at)
    subjects = [order.subject for order in looked_at]
    standing = findings.standing(uow, tenant_id=tenant_id, code=CODE, subjects=subjects)
    for order in looked_at:
        doubt, subject = doubts.get(order.order_id), order.subject
        found = rules.found(order, booked[subject], doubt, now, in_force)
        if found is None:
            if subject in standing:
                findings.withdraw(uow, tenant_id=tenant_id, code=CODE, subject=subject)
            continue
        findings.note(uow, tenant_id=tenant_id, code=CODE, subject=subject, found=found)
        if doubt is not None and doubt.answer is Answer.CUSTOMER_RIGHT and not found.needs_person:
            auto = Resolution.AUTO
            findings.mark(uow, tenant_id=tenant_id, code=CODE, subject=subject, resolution=auto)


def _booked(uow: UnitOfWork, tenant_id: str, looked_at: Sequence[Order]) -> dict[str, Booked]:
    keys = {order.subject: rules.keys(order) for order in looked_at}
    every = [key for some in keys.values() for key in some]
    lines = ledger.entries_for_keys(uow, tenant_id=tenant_id, keys=every) if every else {}
    return {
        subject: Booked.of(line for key in some for line in lines.get(key, ()))
        for subject, some in keys.items()
    }

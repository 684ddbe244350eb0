"""The code with which a customer says at the machine that his trouble is over."""

import hashlib
import secrets

from tapline.tickets import telling
from tapline.tickets.model import Outcome, Source, Ticket
from tapline.tickets.work_orders.model import WorkOrder
from tapline.uow import UnitOfWork

_TOLD = {Source.PORTAL, Source.HOTLINE, Source.DESK, Source.LABEL}
TRIES_MAX = 5


def send(uow: UnitOfWork, ticket: Ticket, work: WorkOrder) -> None:
    """Text it to the customer who told us, once somebody was there and the work is done."""
    if ticket.source in _TOLD and ticket.customer_id and work.outcome is not Outcome.NOT_VISITED:
        code = f"{secrets.randbelow(10_000):04d}"
        work.code_hash = _hashed(work, code)
        telling.customer_of_work(uow, ticket, work.work_order_id, code)


def is_right(work: WorkOrder, code: str) -> bool:
    """Whether that is the code; a wrong one is counted. Five tries guard it, not the hash."""
    assert work.code_hash is not None
    if secrets.compare_digest(work.code_hash, _hashed(work, code.strip())):
        return True
    work.code_tries += 1
    return False


def _hashed(work: WorkOrder, code: str) -> bytes:
    return hashlib.sha256(work.work_order_id.bytes + code.encode()).digest()

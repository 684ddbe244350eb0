from datetime import date, timedelta

from tapline import clock
from tapline.cards import issuers
from tapline.ledger import Days
from tapline.reports.operators import rules
from tapline.reports.operators.repository import OperatorReads
from tapline.reports.operators.rules import OperatorMonth
from tapline.uow import UnitOfWork


def operator_month(
    uow: UnitOfWork, *, tenant_id: str, issuer_id: str, month: date
) -> OperatorMonth:
    """The statement with another operator of the month that begins with `month`, as it was booked.

    Raises:
        NotFoundError: no such issuer.
    """
    issuer = issuers.get(uow, tenant_id=tenant_id, issuer_id=issuer_id)
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    reads = OperatorReads(uow, tenant_id, issuer.issuer_id)
    moved = reads.moved(Days(month, after - timedelta(days=1)))
    return rules.month_of(month, issuer.issuer_id, moved, reads.claimed_fen(clock.begins(after)))

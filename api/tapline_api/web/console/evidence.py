"""What stands behind a finding, gathered for a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapline import refunds, reports
from tapline.ledger import StatementLine
from tapline.reconciliation import Finding
from tapline.refunds import Refund
from tapline.reports import Pour
from tapline.uow import UnitOfWork

_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finding with what the machine, the card and the ledger say around it."""

    finding: Finding
    neighbours: Sequence[Pour]
    chain: Sequence[Pour]
    lines: Sequence[StatementLine]
    refund: Refund | None


def evidence_of(uow: UnitOfWork, tenant_id: str, finding: Finding) -> Evidence:
    """Read it; what is about no single fact has its card's chain alone, or nothing."""
    card_no = finding.card_no
    chain = (
        reports.chain(uow, tenant_id=tenant_id, card_no=card_no, limit=_CHAIN) if card_no else []
    )
    if finding.fact is None:
        return Evidence(finding, [], chain, [], None)
    device_id, seq = finding.fact
    return Evidence(
        finding,
        reports.neighbours(uow, tenant_id=tenant_id, device_id=device_id, seq=seq),
        chain,
        reports.ledger_lines(uow, tenant_id=tenant_id, device_id=device_id, seq=seq),
        refunds.of_pour(uow, tenant_id=tenant_id, device_id=device_id, seq=seq),
    )

"""What the platform keeps, read row by row: nothing is computed on the way."""

from collections import defaultdict
from typing import Any

from sqlalchemy import text

from tapline.uow import Database, UnitOfWork
from tests.integration.year.auditor import Year
from tests.integration.year.world import Truth

_FACTS = "select device_id as device, seq from fact where tenant_id = :tenant_id"
_FINDINGS = "select code, subject, retracted_at from finding where tenant_id = :tenant_id"
_ENTRIES = """
    select e.journal_id as journal, a.code, a.unit, a.side as grows, e.side, e.amount, e.pending
    from ledger_entry e join ledger_account a using (account_id) where tenant_id = :tenant_id
"""
_REFUNDS = """
    select kind, device_id as device, seq, posted_fen, state
    from refund where tenant_id = :tenant_id
"""


def read(database: Database, record: list[Truth]) -> Year:
    """A year for its auditor."""
    with database.transaction() as uow:
        return read_in(uow, record, "demo")


def read_in(uow: UnitOfWork, record: list[Truth], tenant_id: str) -> Year:
    """The same of one operator among others."""
    told: dict[str, list[Truth]] = defaultdict(list)
    for one in record:
        told[one["t"]].append(one)
    rows: list[list[dict[str, Any]]] = [
        [dict(row) for row in uow.session.execute(text(query), {"tenant_id": tenant_id}).mappings()]
        for query in (_FACTS, _FINDINGS, _ENTRIES, _REFUNDS)
    ]
    return Year(told, *rows)

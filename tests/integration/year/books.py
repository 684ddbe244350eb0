"""What the platform keeps, read row by row: nothing is computed on the way."""

from collections import defaultdict
from typing import Any

from sqlalchemy import text

from tapline.uow import Database
from tests.integration.year.auditor import Year
from tests.integration.year.world import Truth

_FACTS = "select device_id as device, seq from fact"
_FINDINGS = "select code, subject, retracted_at from finding"
_ENTRIES = """
    select e.journal_id as journal, a.code, a.unit, a.side as grows, e.side, e.amount, e.pending
    from ledger_entry e join ledger_account a using (account_id)
"""
_REFUNDS = "select kind, device_id as device, seq, posted_fen, state from refund"


def read(database: Database, record: list[Truth]) -> Year:
    """A year for its auditor."""
    told: dict[str, list[Truth]] = defaultdict(list)
    for one in record:
        told[one["t"]].append(one)
    return Year(
        told, *(_rows(database, query) for query in (_FACTS, _FINDINGS, _ENTRIES, _REFUNDS))
    )


def _rows(database: Database, query: str) -> list[dict[str, Any]]:
    with database.transaction() as uow:
        return [dict(row) for row in uow.session.execute(text(query)).mappings()]

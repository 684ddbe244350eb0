import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tapline import ledger, reconciliation, refunds, tenants
from tapline.uow import Database, UnitOfWork
from tapline_ops.export.repository import ExportRepository

Row = dict[str, Any]


def export_all(database: Database, out: Path) -> dict[str, int]:
    """Write facts, cards, findings, entries and refunds of all tenants, one JSON object a line.

    All files show the same moment. Returns the number of lines by file name.
    """
    out.mkdir(parents=True, exist_ok=True)
    with database.transaction() as uow:
        ExportRepository(uow).hold_still()
        return {
            name: _write(out / f"{name}.jsonl", rows)
            for name, rows in (
                ("facts", _facts(uow)),
                ("cards", _cards(uow)),
                ("findings", _findings(uow)),
                ("entries", _entries(uow)),
                ("refunds", _refunds(uow)),
            )
        }


def _write(file: Path, rows: Iterable[Row]) -> int:
    count = 0
    with file.open("w", encoding="utf-8") as lines:
        for count, row in enumerate(rows, 1):  # noqa: B007 (the last count is the answer)
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def _facts(uow: UnitOfWork) -> Iterator[Row]:
    for version in ExportRepository(uow).versions():
        verdict = "accepted" if version.stands else "quarantined"
        yield {"device": version.device_id, "seq": version.seq, "verdict": verdict}


def _cards(uow: UnitOfWork) -> Iterator[Row]:
    for tenant_id in tenants.ids(uow):
        numbers = ExportRepository(uow).card_numbers(tenant_id)
        for card_no, money in ledger.cards(uow, tenant_id=tenant_id, card_nos=numbers).items():
            yield {"card": card_no, "balance_fen": money.balance_fen, **asdict(money)}


def _findings(uow: UnitOfWork) -> Iterator[Row]:
    for finding in reconciliation.export_findings(uow):
        yield {
            "code": finding.code,
            "subject": finding.subject,
            "device": finding.device_id,
            "seq": finding.seq,
            "card": finding.card_no,
            "amount_fen": finding.amount_fen,
            "resolution": finding.resolution.value,
        }


def _entries(uow: UnitOfWork) -> Iterator[Row]:
    return (entry._asdict() for entry in ledger.export_entries(uow))


def _refunds(uow: UnitOfWork) -> Iterator[Row]:
    for refund in refunds.export_refunds(uow):
        yield {
            "id": str(refund.refund_id),
            "kind": refund.kind,
            "card": refund.card_no,
            "state": refund.state,
            "amount_fen": refund.amount_fen,
            "taken_fen": refund.taken_fen,
        }

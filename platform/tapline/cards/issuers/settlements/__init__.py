"""What an issuer is asked to pay: a file a month, each pour and each correction a line, once."""

from tapline.cards.issuers.settlements.documents import csv_of, excel_of, sha256_of
from tapline.cards.issuers.settlements.model import LineKind, Settlement, SettlementLine
from tapline.cards.issuers.settlements.rules import FactName
from tapline.cards.issuers.settlements.service import (
    due_now,
    get,
    history,
    issue,
    issue_due,
    line_of,
    lines_of,
    listed,
    of_card,
    records,
    unclaimed,
    yesterday,
)

__all__ = [
    "FactName",
    "LineKind",
    "Settlement",
    "SettlementLine",
    "csv_of",
    "due_now",
    "excel_of",
    "get",
    "history",
    "issue",
    "issue_due",
    "line_of",
    "lines_of",
    "listed",
    "of_card",
    "records",
    "sha256_of",
    "unclaimed",
    "yesterday",
]

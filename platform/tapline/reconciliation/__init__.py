"""Reconciliation: machine, card and ledger held against each other, and what follows from it."""

from tapline.reconciliation.findings.service import (
    export_findings,
    get,
    listed,
    note_duplicates,
    of_fact,
    resolve,
)
from tapline.reconciliation.gaps.service import note_released_missing, sweep_gaps
from tapline.reconciliation.model import CorrectionTarget, Finding, Resolution, Side
from tapline.reconciliation.service import reconcile_cards, target_of

__all__ = [
    "CorrectionTarget",
    "Finding",
    "Resolution",
    "Side",
    "export_findings",
    "get",
    "listed",
    "note_duplicates",
    "note_released_missing",
    "of_fact",
    "reconcile_cards",
    "resolve",
    "sweep_gaps",
    "target_of",
]

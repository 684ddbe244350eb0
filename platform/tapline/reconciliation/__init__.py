"""Reconciliation: machine, card and ledger held against each other, and what follows from it."""

from tapline.reconciliation import breakers
from tapline.reconciliation.barrels import follow as follow_order
from tapline.reconciliation.barrels import sweep as sweep_orders
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.debts import follow as follow_debts
from tapline.reconciliation.debts import sweep as sweep_debts
from tapline.reconciliation.decisions.model import DecisionState, FindingDecision
from tapline.reconciliation.decisions.service import confirm as confirm_decision
from tapline.reconciliation.decisions.service import decide
from tapline.reconciliation.decisions.service import of_finding as decisions_of
from tapline.reconciliation.decisions.service import options as options_of
from tapline.reconciliation.decisions.service import refuse as refuse_decision
from tapline.reconciliation.feeds import Report
from tapline.reconciliation.feeds import sweep as sweep_feeds
from tapline.reconciliation.feeds import take as take_reports
from tapline.reconciliation.findings.rules import Found
from tapline.reconciliation.findings.service import (
    counts,
    export_findings,
    get,
    listed,
    mark,
    note,
    note_duplicates,
    of_fact,
    resolve,
    standing,
    withdraw,
)
from tapline.reconciliation.gaps.ends import OpenMachine, follow_gaps, open_machines
from tapline.reconciliation.gaps.service import note_released_missing, sweep_gaps
from tapline.reconciliation.meters.model import SaleStop
from tapline.reconciliation.meters.service import drifts
from tapline.reconciliation.meters.service import sweep as sweep_meters
from tapline.reconciliation.meters.stops import RELEASERS, resume_sale, stopped
from tapline.reconciliation.model import CorrectionTarget, Finding, Resolution, Side
from tapline.reconciliation.service import (
    reconcile_cards,
    restore_of,
    sweep_cards,
    target_of,
)

__all__ = [
    "RELEASERS",
    "CorrectionTarget",
    "DecisionState",
    "FactKey",
    "Finding",
    "FindingDecision",
    "Found",
    "OpenMachine",
    "Report",
    "Resolution",
    "SaleStop",
    "Side",
    "breakers",
    "confirm_decision",
    "counts",
    "decide",
    "decisions_of",
    "drifts",
    "export_findings",
    "follow_debts",
    "follow_gaps",
    "follow_order",
    "get",
    "listed",
    "mark",
    "note",
    "note_duplicates",
    "note_released_missing",
    "of_fact",
    "open_machines",
    "options_of",
    "reconcile_cards",
    "refuse_decision",
    "resolve",
    "restore_of",
    "resume_sale",
    "standing",
    "stopped",
    "sweep_cards",
    "sweep_debts",
    "sweep_feeds",
    "sweep_gaps",
    "sweep_meters",
    "sweep_orders",
    "take_reports",
    "target_of",
    "withdraw",
]

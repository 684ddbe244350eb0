"""The double-entry ledger: every fen is posted here, once, and nowhere else.

`post` takes commands, each a movement under an idempotency key; a single posting is a batch of one.
"""

from tapline.ledger import chart
from tapline.ledger.adjustments.model import Adjustment, AdjustmentState
from tapline.ledger.adjustments.rules import may_reverse
from tapline.ledger.adjustments.service import (
    adjust,
    adjustment,
    adjustments,
    approve,
    reject,
    reverse,
    withdraw,
)
from tapline.ledger.books.rules import (
    CardBalance,
    Days,
    Journal,
    JournalLine,
    Residue,
    StatementLine,
    TrialRow,
)
from tapline.ledger.books.service import (
    balances,
    card,
    cards,
    counterparts,
    entries_for_keys,
    export_entries,
    journal,
    journal_of,
    named,
    statement,
    trial,
)
from tapline.ledger.carrying import Carry
from tapline.ledger.chart import Account
from tapline.ledger.closes.model import LedgerClose
from tapline.ledger.closes.rules import Asserted, Break, Restated, UnexplainedError
from tapline.ledger.closes.service import (
    assertions,
    breaks,
    close_day,
    close_explained,
    close_of,
    closes,
    days_due,
    explain,
    restated,
)
from tapline.ledger.commands import Command, Posted
from tapline.ledger.holds import (
    Authorise,
    Capture,
    Freeze,
    Hold,
    LeaseVoucher,
    Resolution,
    Settle,
    Void,
    WriteVoucher,
)
from tapline.ledger.movements import (
    Correct,
    Credit,
    Forfeit,
    Movement,
    PayBack,
    Pour,
    Suspend,
    Transfer,
    Uncorrect,
    Unpour,
    Unsuspend,
    WriteOff,
)
from tapline.ledger.proofs.checker import chain as sealed_chain
from tapline.ledger.proofs.checker import check, unlike
from tapline.ledger.proofs.extracts import extract
from tapline.ledger.proofs.service import StatementProof, prove, sealed_under
from tapline.ledger.restoring import Restore, Unrestore
from tapline.ledger.reversing import Reverse
from tapline.ledger.rules import (
    Balance,
    HoldResolvedError,
    InsufficientError,
    KeyReusedError,
    Line,
)
from tapline.ledger.seals.repository import Head
from tapline.ledger.seals.rules import Verification
from tapline.ledger.seals.service import heads, seal, verify
from tapline.ledger.service import lock, post
from tapline.ledger.ticketing import HoldTickets, IssueTickets, UseTickets, ticket_share

__all__ = [
    "Account",
    "Adjustment",
    "AdjustmentState",
    "Asserted",
    "Authorise",
    "Balance",
    "Break",
    "Capture",
    "CardBalance",
    "Carry",
    "Command",
    "Correct",
    "Credit",
    "Days",
    "Forfeit",
    "Freeze",
    "Head",
    "Hold",
    "HoldResolvedError",
    "HoldTickets",
    "InsufficientError",
    "IssueTickets",
    "Journal",
    "JournalLine",
    "KeyReusedError",
    "LeaseVoucher",
    "LedgerClose",
    "Line",
    "Movement",
    "PayBack",
    "Posted",
    "Pour",
    "Residue",
    "Resolution",
    "Restated",
    "Restore",
    "Reverse",
    "Settle",
    "StatementLine",
    "StatementProof",
    "Suspend",
    "Transfer",
    "TrialRow",
    "Uncorrect",
    "UnexplainedError",
    "Unpour",
    "Unrestore",
    "Unsuspend",
    "UseTickets",
    "Verification",
    "Void",
    "WriteOff",
    "WriteVoucher",
    "adjust",
    "adjustment",
    "adjustments",
    "approve",
    "assertions",
    "balances",
    "breaks",
    "card",
    "cards",
    "chart",
    "check",
    "close_day",
    "close_explained",
    "close_of",
    "closes",
    "counterparts",
    "days_due",
    "entries_for_keys",
    "explain",
    "export_entries",
    "extract",
    "heads",
    "journal",
    "journal_of",
    "lock",
    "may_reverse",
    "named",
    "post",
    "prove",
    "reject",
    "restated",
    "reverse",
    "seal",
    "sealed_chain",
    "sealed_under",
    "statement",
    "ticket_share",
    "trial",
    "unlike",
    "verify",
    "withdraw",
]

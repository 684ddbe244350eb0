"""The double-entry ledger: every fen is posted here, once, and nowhere else.

`post` takes commands, each a movement under an idempotency key; a single posting is a batch of one.
"""

from tapline.ledger import chart
from tapline.ledger.books.rules import CardBalance, Residue, StatementLine, TrialRow
from tapline.ledger.books.service import (
    balances,
    card,
    cards,
    counterparts,
    entries_for_keys,
    expired_holds,
    explain,
    export_entries,
    statement,
    trial,
)
from tapline.ledger.chart import Account
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
from tapline.ledger.rules import (
    Balance,
    HoldResolvedError,
    InsufficientError,
    KeyReusedError,
    Line,
)
from tapline.ledger.seals.rules import Verification
from tapline.ledger.seals.service import heads, seal, verify
from tapline.ledger.service import post

__all__ = [
    "Account",
    "Authorise",
    "Balance",
    "Capture",
    "CardBalance",
    "Command",
    "Correct",
    "Credit",
    "Forfeit",
    "Freeze",
    "Hold",
    "HoldResolvedError",
    "InsufficientError",
    "KeyReusedError",
    "LeaseVoucher",
    "Line",
    "Movement",
    "PayBack",
    "Posted",
    "Pour",
    "Residue",
    "Resolution",
    "Settle",
    "StatementLine",
    "Suspend",
    "Transfer",
    "TrialRow",
    "Uncorrect",
    "Unpour",
    "Unsuspend",
    "Verification",
    "Void",
    "WriteOff",
    "WriteVoucher",
    "balances",
    "card",
    "cards",
    "chart",
    "counterparts",
    "entries_for_keys",
    "expired_holds",
    "explain",
    "export_entries",
    "heads",
    "post",
    "seal",
    "statement",
    "trial",
    "verify",
]

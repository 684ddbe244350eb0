"""What payment providers say at the end of each day, held against our payments and the ledger."""

from tapline.payments.bills.errands import ask_open, fetch_due
from tapline.payments.bills.model import BillLine, BillState, LineKind, ProviderBill
from tapline.payments.bills.returning import confirm_return, propose_return, refuse_return
from tapline.payments.bills.service import (
    content,
    fetch_again,
    get,
    lines,
    listed,
    match,
    match_open,
    overdue,
    plan,
    take_file,
)
from tapline.payments.breaks.model import BreakEnd, BreakKind, ProviderBreak
from tapline.payments.breaks.service import (
    SETTLERS,
    accept,
    ask_again,
    assign,
    of_bill,
    unsettled,
)
from tapline.payments.breaks.service import get as get_break
from tapline.payments.breaks.service import listed as breaks

__all__ = [
    "SETTLERS",
    "BillLine",
    "BillState",
    "BreakEnd",
    "BreakKind",
    "LineKind",
    "ProviderBill",
    "ProviderBreak",
    "accept",
    "ask_again",
    "ask_open",
    "assign",
    "breaks",
    "confirm_return",
    "content",
    "fetch_again",
    "fetch_due",
    "get",
    "get_break",
    "lines",
    "listed",
    "match",
    "match_open",
    "of_bill",
    "overdue",
    "plan",
    "propose_return",
    "refuse_return",
    "take_file",
    "unsettled",
]

"""Who drank it: from a bad sample or lot to every pour, card, barrel and customer."""

from tapline.water.traces.carrying import carry, under_way
from tapline.water.traces.model import Fate, Numbers, Trace, TraceOrder, TracePour
from tapline.water.traces.money import approve_refund, ask_refund, due_fen, is_being_refunded
from tapline.water.traces.service import (
    LEADERS,
    Case,
    case,
    check_leader,
    customers,
    end,
    get,
    listed,
    open_for_lot,
    open_for_machine,
    orders_of,
    pours_of,
    tell_customers,
)
from tapline.water.traces.settled import follow

__all__ = [
    "LEADERS",
    "Case",
    "Fate",
    "Numbers",
    "Trace",
    "TraceOrder",
    "TracePour",
    "approve_refund",
    "ask_refund",
    "carry",
    "case",
    "check_leader",
    "customers",
    "due_fen",
    "end",
    "follow",
    "get",
    "is_being_refunded",
    "listed",
    "open_for_lot",
    "open_for_machine",
    "orders_of",
    "pours_of",
    "tell_customers",
    "under_way",
]

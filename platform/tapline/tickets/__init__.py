"""Tickets: one case per problem, whatever the channel it came by, and one owner at any time."""

from tapline.tickets import work_orders
from tapline.tickets.breakers import on_breaker
from tapline.tickets.categories import CATEGORIES, Category
from tapline.tickets.clocks.service import pause, resume, undo_pause, urgency
from tapline.tickets.clocks.service import sweep as sweep_clocks
from tapline.tickets.closing import close, confirm, reopen
from tapline.tickets.decided import on_decided
from tapline.tickets.deliveries import on_order
from tapline.tickets.fast_lane import mark_calm, mark_upset
from tapline.tickets.foreseen import dispatch_waiting as dispatch_foreseen
from tapline.tickets.foreseen import on_prediction
from tapline.tickets.holding import on_plan
from tapline.tickets.intake import on_correction_held, on_finding, report
from tapline.tickets.model import (
    EntryKind,
    Outcome,
    Priority,
    Source,
    Ticket,
    TicketEntry,
    TicketState,
)
from tapline.tickets.outages import on_dark_machine, on_machine_back, on_outage
from tapline.tickets.ownership import assign, hand_back, take
from tapline.tickets.placing.service import accept, put_in_place
from tapline.tickets.rollouts import on_rollout
from tapline.tickets.rules import About, outcomes
from tapline.tickets.service import (
    comment,
    get,
    listed,
    of_customer,
    of_order,
    of_prediction,
    timeline,
)
from tapline.tickets.withdrawing import is_untouched, withdraw
from tapline.tickets.work_orders.rules import outcomes as work_outcomes

__all__ = [
    "CATEGORIES",
    "About",
    "Category",
    "EntryKind",
    "Outcome",
    "Priority",
    "Source",
    "Ticket",
    "TicketEntry",
    "TicketState",
    "accept",
    "assign",
    "close",
    "comment",
    "confirm",
    "dispatch_foreseen",
    "get",
    "hand_back",
    "is_untouched",
    "listed",
    "mark_calm",
    "mark_upset",
    "of_customer",
    "of_order",
    "of_prediction",
    "on_breaker",
    "on_correction_held",
    "on_dark_machine",
    "on_decided",
    "on_finding",
    "on_machine_back",
    "on_order",
    "on_outage",
    "on_plan",
    "on_prediction",
    "on_rollout",
    "outcomes",
    "pause",
    "put_in_place",
    "reopen",
    "report",
    "resume",
    "sweep_clocks",
    "take",
    "timeline",
    "undo_pause",
    "urgency",
    "withdraw",
    "work_orders",
    "work_outcomes",
]

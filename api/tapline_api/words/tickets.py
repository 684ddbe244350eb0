"""What the desk and the field read of tickets and work orders."""

from enum import Enum

from tapline.tickets import EntryKind, Outcome, Priority, Source, TicketState
from tapline.tickets.work_orders import WorkOrderState
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    TicketState: {"open": N_("open"), "taken": N_("in work"), "closed": N_("closed")},
    Source: {
        "discrepancy": N_("found by reconciliation"),
        "portal": N_("from the portal"),
        "hotline": N_("from the hotline"),
        "desk": N_("written down at the desk"),
        "order": N_("late by the clock"),
        "prediction": N_("foreseen"),
    },
    Priority: {
        "urgent": N_("urgent"),
        "high": N_("high"),
        "normal": N_("normal"),
        "low": N_("planned"),
    },
    Outcome: {
        "fixed": N_("mended"),
        "refunded": N_("money given back"),
        "no_fault_found": N_("nothing wrong found"),
        "duplicate": N_("same as another ticket"),
        "confirmed_part": N_("the part was worn, as foreseen"),
        "other_fault": N_("another fault found and mended"),
        "not_visited": N_("nobody went"),
        "cancelled": N_("opened by mistake"),
    },
    WorkOrderState: {
        "dispatched": N_("sent to the technician"),
        "accepted": N_("accepted"),
        "on_site": N_("on site"),
        "finished": N_("done"),
        "returned": N_("handed back"),
        "recalled": N_("called off"),
    },
    EntryKind: {
        "opened": N_("opened"),
        "finding": N_("found"),
        "taken": N_("taken"),
        "comment": N_("comment"),
        "assigned": N_("assigned"),
        "handed_back": N_("handed back"),
        "paused": N_("waits for the customer"),
        "resumed": N_("goes on"),
        "pause_undone": N_("goes on as if it had not waited"),
        "warned": N_("most of the time is gone"),
        "escalated": N_("brought before the supervisors"),
        "foreseen": N_("foreseen"),
        "dispatched": N_("technician sent"),
        "work_accepted": N_("technician accepted"),
        "work_started": N_("technician on site"),
        "work_finished": N_("technician done"),
        "work_returned": N_("technician handed it back"),
        "work_recalled": N_("technician called off"),
        "confirmed": N_("the customer says it is settled"),
        "closed": N_("closed"),
        "reopened": N_("opened again"),
    },
}

CODES = {
    # categories of tickets
    "no_water": N_("charged without water"),
    "number_reused": N_("contradicting records"),
    "torn_charge": N_("interrupted charge"),
    "refund_review": N_("refund to decide"),
    "pour_disputed": N_("a customer disputes a pour"),
    "fault_foreseen": N_("fault foreseen"),
    "device_fault": N_("machine out of order"),
    "water_quality": N_("trouble with the water"),
    "balance_wrong": N_("balance disputed"),
    "card_lost": N_("card lost"),
    "card_closing": N_("question about closing a card"),
    "order_late": N_("barrel late"),
    "order_undelivered": N_("barrel never came"),
    "order_short": N_("fewer barrels than ordered"),
    "service_complaint": N_("complaint about service"),
    "call_follow_up": N_("call to follow up"),
    # why a case was brought before the supervisors
    "escalated:unanswered": N_("nobody answered in time"),
    "escalated:unsolved": N_("not settled in time"),
    "escalated:returned": N_("handed back too often"),
    "escalated:cluster": N_("the same trouble all over a site"),
    # acts in the audit trail
    "ticket.taken": N_("took a ticket"),
    "ticket.comment": N_("commented on a ticket"),
    "ticket.assigned": N_("assigned a ticket"),
    "ticket.handed_back": N_("handed a ticket back"),
    "ticket.paused": N_("let a ticket wait for the customer"),
    "ticket.resumed": N_("let a ticket go on"),
    "ticket.pause_undone": N_("took a pause back"),
    "ticket.confirmed": N_("said that a case is settled"),
    "ticket.closed": N_("closed a ticket"),
    "ticket.reopened": N_("opened a ticket again"),
    "work_order.dispatch": N_("sent a technician"),
    "work_order.recall": N_("called a technician off"),
    "work_order.accepted": N_("accepted work"),
    "work_order.started": N_("is on site"),
    "work_order.finished": N_("finished work"),
    "work_order.returned": N_("handed work back"),
}

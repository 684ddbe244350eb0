"""The 400 hotline: numbers, menus, calls, call-backs and what became of each.

Who gets a call is decided by `routing`; lines and telephones are an exchange's, behind
`TelephonyPort`. Here the two are brought together, and everything that happens is written down.
"""

from tapline.hotline.agenda import Current, Stage, current_for
from tapline.hotline.callbacks.model import CallBack, CallBackReason, CallBackState
from tapline.hotline.callbacks.service import call_back, call_backs, release_call_backs
from tapline.hotline.callers import Caller, caller
from tapline.hotline.calls.model import Call, CallEvent, CallState, Direction, Outcome
from tapline.hotline.calls.service import call, call_events, live_calls
from tapline.hotline.dispositions.rules import Disposition
from tapline.hotline.dispositions.service import disposition_codes, publish_dispositions
from tapline.hotline.exchange import end_lost_calls, send_commands
from tapline.hotline.flows.service import current_flow, publish_flow
from tapline.hotline.intake import Verdict, on_port_event, on_unreadable, phone_number
from tapline.hotline.lists.model import CallerEntry, ListKind
from tapline.hotline.lists.service import list_caller, list_hit, listed_callers, unlist_caller
from tapline.hotline.measures.rules import Figures
from tapline.hotline.measures.service import figures
from tapline.hotline.numbers.model import HotlineNumber, NumberState
from tapline.hotline.numbers.service import numbers_of, open_number, set_number_state
from tapline.hotline.offers import answer, decline, on_offer_ended, on_offer_made, on_overflow
from tapline.hotline.port import (
    CommandKind,
    EventRefusedError,
    PortCommand,
    PortEvent,
    Ports,
    RefusedCommandError,
    TelephonyPort,
    UnreadableEventError,
)
from tapline.hotline.records.model import CallRecord
from tapline.hotline.records.service import call_records, record
from tapline.hotline.seats.service import give_phone, phone_of
from tapline.hotline.talk import hang_up, hold, resume
from tapline.hotline.wrapping import dispose, open_case

__all__ = [
    "Call",
    "CallBack",
    "CallBackReason",
    "CallBackState",
    "CallEvent",
    "CallRecord",
    "CallState",
    "Caller",
    "CallerEntry",
    "CommandKind",
    "Current",
    "Direction",
    "Disposition",
    "EventRefusedError",
    "Figures",
    "HotlineNumber",
    "ListKind",
    "NumberState",
    "Outcome",
    "PortCommand",
    "PortEvent",
    "Ports",
    "RefusedCommandError",
    "Stage",
    "TelephonyPort",
    "UnreadableEventError",
    "Verdict",
    "answer",
    "call",
    "call_back",
    "call_backs",
    "call_events",
    "call_records",
    "caller",
    "current_flow",
    "current_for",
    "decline",
    "dispose",
    "disposition_codes",
    "end_lost_calls",
    "figures",
    "give_phone",
    "hang_up",
    "hold",
    "list_caller",
    "list_hit",
    "listed_callers",
    "live_calls",
    "numbers_of",
    "on_offer_ended",
    "on_offer_made",
    "on_overflow",
    "on_port_event",
    "on_unreadable",
    "open_case",
    "open_number",
    "phone_number",
    "phone_of",
    "publish_dispositions",
    "publish_flow",
    "record",
    "release_call_backs",
    "resume",
    "send_commands",
    "set_number_state",
    "unlist_caller",
]

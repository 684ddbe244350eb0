"""Names of states, roles and codes as message ids; the catalogs hold them in every language."""

from enum import Enum

from tapline.cards import CardKind, CardState
from tapline.cards.facts import Payer
from tapline.devices import Presence
from tapline.people import Role
from tapline.reconciliation import Resolution
from tapline.refunds import Reason, RefundKind, RefundState, Tier
from tapline_api.words import (
    N_,
    barrels,
    bills,
    booklets,
    books,
    cards,
    cases,
    clearing,
    desk,
    estate,
    field,
    findings,
    firmware,
    foresight,
    histories,
    hotline,
    imports,
    letters,
    machines,
    orders,
    outages,
    partners,
    payments,
    policy,
    proving,
    refunds,
    rounds,
    schools,
    sharing,
    tickets,
    topups,
    water,
)

_ENUMS: dict[type[Enum], dict[str, str]] = (
    {
        Presence: {
            "never": N_("not heard of yet"),
            "online": N_("online"),
            "offline": N_("switched off"),
            "lost": N_("connection lost"),
        },
        Role: {
            "agent": N_("agent"),
            "supervisor": N_("supervisor"),
            "finance": N_("finance"),
            "technician": N_("technician"),
            "courier": N_("courier"),
            "manager": N_("property manager"),
            "admin": N_("administrator"),
        },
        CardKind: {
            "cpu": N_("chip card"),
            "desfire": N_("chip card"),
            "m1": N_("chip card, old kind"),
            "id": N_("online card"),
            "qr": N_("code on the phone"),
        },
        CardState: {
            "active": N_("active"),
            "frozen": N_("frozen"),
            "closing": N_("being closed"),
            "closed": N_("closed"),
            "replaced": N_("replaced"),
        },
        Payer: {
            "card": N_("paid by the card"),
            "issuer": N_("owed by the card's issuer"),
            "suspense": N_("in suspense"),
            "nobody": N_("nobody pays"),
        },
        Resolution: {
            "none": N_("nothing to move"),
            "auto": N_("put right by machine"),
            "ticket": N_("a person decides"),
        },
        RefundState: {
            "requested": N_("asked for"),
            "waiting": N_("waits for machines"),
            "review": N_("to decide"),
            "approved": N_("approved"),
            "executing": N_("on its way"),
            "partial": N_("arrived in part"),
            "settled": N_("settled"),
            "rejected": N_("refused"),
            "withdrawn": N_("withdrawn"),
        },
        RefundKind: {
            "txn_reversal": N_("pour put right"),
            "card_close": N_("card given up"),
            "card_partial": N_("part of a balance"),
            "load_cancel": N_("top-up given back"),
            "order_cancel": N_("order cancelled"),
            "order_short": N_("barrels missing"),
            "deposit_return": N_("buckets returned"),
            "ticket_unused": N_("water tickets returned"),
        },
        Reason: {
            "not_needed": N_("not needed any more"),
            "moved": N_("moved away"),
            "other": N_("another reason"),
            "machine_gone": N_("the machine is gone"),
            "price_raised": N_("the price was raised"),
            "never_came": N_("it did not come"),
            "came_short": N_("barrels were missing"),
            "buckets_back": N_("buckets are back"),
            "not_tapped": N_("not tapped"),
            "paid_again": N_("it was paid twice"),
            "card_ended": N_("the card had ended before the money came"),
            "after_closing": N_("money turned up on a closed card"),
        },
        Tier: {
            "automatic": N_("decided by machine"),
            "agent": N_("an agent decides"),
            "supervisor": N_("a supervisor decides"),
        },
    }
    | books.ENUMS
    | cards.ENUMS
    | clearing.ENUMS
    | findings.ENUMS
    | histories.ENUMS
    | outages.ENUMS
    | partners.ENUMS
    | rounds.ENUMS
    | schools.ENUMS
    | tickets.ENUMS
)
_ENUMS |= letters.ENUMS | sharing.ENUMS | imports.ENUMS | estate.ENUMS

_CODES = {
    # presence and alarms
    "never": N_("not heard of yet"),
    "online": N_("runs"),
    "offline": N_("switched off"),
    "lost": N_("connection lost"),
    "valve_stuck": N_("valve does not open"),
    "valve_stuck_open": N_("valve does not close"),
    "leak": N_("leak"),
    "pump_fault": N_("pump fault"),
    "filter_due": N_("filter is due"),
    "tds_out_high": N_("water quality out of limits"),
    "uv_failed": N_("UV lamp failed"),
    "membrane_leak": N_("membrane leaks"),
    "mains_lost": N_("power failed at the site"),
    "inlet_lost": N_("no water from the mains"),
    "flow_low": N_("flow is low"),
    "door_open": N_("door is open"),
    # discrepancies
    "D01": N_("charged, no water"),
    "D02": N_("less water than paid for"),
    "D04": N_("reported twice"),
    "D05": N_("one number, two contents"),
    "D06": N_("charged twice"),
    "D07": N_("records missing"),
    "D12": N_("interrupted charge"),
    # why money waits for a person
    "refund:assurance": N_("the evidence is too weak for a machine"),
    "refund:pour": N_("more than a machine may give back for one pour"),
    "refund:card": N_("the card was given back money too often lately"),
    "refund:device": N_("the machine caused too much of it today"),
    "refund:decided": N_("a person has decided about it before"),
    # lines of a refund's quote
    "quote:paid": N_("Paid in"),
    "quote:drawn": N_("Water drawn"),
    "quote:returned": N_("Given back before"),
    "quote:not_claimed": N_("Drawn beyond what was paid: not claimed"),
    "quote:goods": N_("Water that did not come"),
    "quote:deposit": N_("Bucket deposits"),
    # steps of a refund
    "step:devices": N_("waits until every machine keeps the block list"),
    "step:quoted_again": N_("counted anew from the books"),
    "step:set_aside": N_("set aside and sent back"),
    "step:money": N_("the provider reported"),
    "step:by_hand": N_("no original route: finance transfers it"),
    "step:taken": N_("taken up"),
    "step:written": N_("written to the card: nothing is left to give back"),
    "step:appeal": N_("appealed"),
    "step:late_pours": N_("poured with the card before its end: our loss"),
    "step:recovered": N_("put right afterwards: our loss restored"),
    "step:clock_50": N_("half of the legal time is over"),
    "step:clock_80": N_("four fifths of the legal time are over"),
    "step:clock_90": N_("nearly overdue: before a supervisor"),
    "refund:other_card": N_("it turned out to be another card's"),
    # why a fact rests in suspense
    "unknown_card": N_("the card is not known"),
    "conflict": N_("contents contradict each other"),
    "before_opening": N_("paid before the card came to us"),
    # how a pour ended
    "ok": N_("whole"),
    "partial": N_("partial"),
    "no_flow": N_("no flow"),
    "timeout": N_("timed out"),
    "card_removed": N_("card taken away"),
    "power_loss": N_("power failed"),
    "fault": N_("fault"),
    "torn": N_("interrupted"),
    "reversed": N_("reversed by the machine"),
    # accounts of a card
    "principal": N_("Paid in"),
    "bonus": N_("Bonus"),
    "pending_load": N_("On its way to the card"),
    "pending_bonus": N_("Bonus on its way to the card"),
    "receivable": N_("Owed by the customer"),
    # kinds of journals
    "pour": N_("pour"),
    "card_opened": N_("opening balance"),
    "restate_undo": N_("restated: taken back"),
    "restate_redo": N_("restated: charged anew"),
    "correction": N_("given back"),
    "correction_reduced": N_("given back, reduced"),
    "voucher_leased": N_("set aside for a machine"),
    "voucher_confirm": N_("written to the card"),
    "voucher_void": N_("not written, free again"),
    # machine state in an evidence pack
    "presence": N_("Presence"),
    "firmware": N_("Firmware"),
    "hardware": N_("Hardware"),
    "boot": N_("Starts"),
    "boot_reason": N_("Last started because of"),
    "seen_at": N_("Last heard"),
    "power": N_("power"),
    # metrics
    "tds_in": N_("Dissolved solids, feed"),
    "tds_out": N_("Dissolved solids, tap"),
    "p_in_kpa": N_("Inlet pressure"),
    "p_post_kpa": N_("Pressure behind the pump"),
    "flow_ml_s": N_("Flow"),
    "temp_c_x10": N_("Water temperature"),
    "pump_ma": N_("Pump current"),
    "valve_ma": N_("Valve current"),
    "uv_w_m2": N_("UV light"),
    "lamp_h": N_("UV lamp hours"),
    "boiler_c_x10": N_("Boiler temperature"),
    "heat_s": N_("Heating, share of the time"),
    "heat_wh": N_("Heater power"),
    "taps_n": N_("Cards held to the reader"),
    "misreads_n": N_("Cards not read"),
    "rssi_dbm": N_("Signal"),
    # acts in the audit trail
    "session.open": N_("signed in"),
    "session.close": N_("signed out"),
    "session.refuse": N_("sign-in refused"),
    "password.change": N_("changed the password"),
    "card.read": N_("looked at a card"),
    "customer.reveal": N_("looked at name and phone"),
    "screen.create": N_("added a screen"),
    "screen.revoke": N_("revoked a screen"),
    "refund.approve": N_("approved a refund"),
    "refund.reject": N_("refused a refund"),
}


_CODES |= barrels.CODES | bills.CODES | books.CODES | cards.CODES | cases.CODES
_CODES |= clearing.CODES | booklets.CODES
_CODES |= desk.CODES | field.CODES | foresight.CODES | histories.CODES | imports.CODES
_CODES |= partners.CODES | payments.CODES | policy.CODES
_CODES |= hotline.CODES | machines.CODES | orders.CODES | refunds.CODES | tickets.CODES
_CODES |= findings.CODES | proving.CODES | schools.CODES | sharing.CODES | topups.CODES
_CODES |= firmware.CODES | letters.CODES | water.CODES | estate.CODES
_CODES |= rounds.CODES | outages.CODES


def of(value: object, about: str = "") -> str:
    """The message id for a state or code; a code that is not known stands for itself.

    `about` names what a code speaks of where one word means several things.
    """
    if isinstance(value, Enum) and type(value) in _ENUMS:
        return _ENUMS[type(value)][value.value]
    code = str(value)
    return _CODES.get(f"{about}:{code}") or _CODES.get(code, code)

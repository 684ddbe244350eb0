"""What customers read of the cases that they told us of."""

from tapline_api.words import N_

CODES = {
    # what it is about
    "case:pour_disputed": N_("A pour"),
    "case:device_fault": N_("A machine out of order"),
    "case:leak": N_("A leak"),
    "case:water_quality": N_("The water itself"),
    "case:balance_wrong": N_("A balance"),
    "case:card_lost": N_("A lost card"),
    "case:card_closing": N_("Giving a card back"),
    "case:order_late": N_("An order that is late"),
    "case:order_undelivered": N_("An order that did not come"),
    "case:order_short": N_("An order that came in part"),
    "case:service_complaint": N_("Our service"),
    "case:call_follow_up": N_("Your call"),
    "case:other": N_("Something else"),
    # where it stands
    "case-state:open": N_("received"),
    "case-state:taken": N_("a colleague is at it"),
    "case-state:closed": N_("ended"),
    # what came of it
    "case-end:fixed": N_("put right"),
    "case-end:refunded": N_("money given back"),
    "case-end:no_fault_found": N_("looked into, nothing wrong found"),
    "case-end:duplicate": N_("goes on under another number"),
    "case-end:confirmed_part": N_("a part was replaced"),
    "case-end:other_fault": N_("put right"),
    "case-end:not_visited": N_("ended without a visit"),
    # what happened
    "case-step:opened": N_("We have it"),
    "case-step:comment": N_("You wrote"),
    "case-step:taken": N_("A colleague has it in hand"),
    "case-step:paused": N_("We wait for your answer"),
    "case-step:dispatched": N_("A technician is sent"),
    "case-step:work_started": N_("The technician is there"),
    "case-step:work_finished": N_("The technician is done"),
    "case-step:confirmed": N_("You said that it is settled"),
    "case-step:closed": N_("Ended"),
    "case-step:reopened": N_("It goes on"),
}
TOLD = frozenset(code.partition(":")[2] for code in CODES if code.startswith("case-step:"))
"""Kinds of entries that customers may read."""

"""What the life of a card is called."""

from enum import Enum

from tapline.cards import Act
from tapline.people import Document
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    Act: {
        "issue": N_("issued"),
        "adopt": N_("taken over from elsewhere"),
        "withdraw": N_("taken over by mistake"),
        "register": N_("registered to its holder"),
        "report_lost": N_("reported lost"),
        "find": N_("found again"),
        "replace": N_("replaced"),
        "give_up": N_("given up by its holder"),
        "take_back": N_("kept after all"),
        "close": N_("closed"),
    },
    Document: {
        "id_card": N_("identity card"),
        "residence_permit": N_("residence permit"),
        "passport": N_("passport"),
    },
}

CODES = {
    # why a card is blocked
    "block:closing": N_("it is being given back"),
    "block:lost": N_("reported lost"),
    "block:replaced": N_("another card has taken its place"),
    "block:clone": N_("there seem to be two of it"),
    "block:overload": N_("it was charged too much"),
    "block:school": N_("by the school"),
    "block:enterprise": N_("by the enterprise"),
    "block:debt": N_("water is owed for"),
    # why something was done to a card, where nobody wrote it in his own words
    "card-reason:by_holder": N_("by the holder himself"),
    "card-reason:replacement": N_("in place of another card"),
    "card-reason:still_lost": N_("lost before, and not found since"),
    "card-reason:transferred": N_("offered by its holder, taken by the next"),
    # what is the matter with a card
    "card-warning:low": N_("little money is left"),
    "card-warning:arrears": N_("water is owed for"),
    "card-warning:failing": N_("it wears: exchange it before it fails"),
    # why an act on a card was refused
    "card-refusal:card_state": N_("As the card stands this cannot be done; nothing was changed."),
    "card-refusal:card_no_holder": N_("The card is nobody's: register it to its holder first."),
    "card-refusal:card_blocked_elsewhere": N_(
        "The card is blocked for another reason: have that lifted first."
    ),
    "card-refusal:papers_needed": N_(
        "So much money changes cards only when its holder's papers were seen: note them first."
    ),
    "card-refusal:card_in_use": N_("The new card is in use already: take a blank one."),
    "card-refusal:invalid": N_("What was entered cannot be: look at phone, number and day again."),
    "card-refusal:conflict": N_("This cannot be done now; nothing was changed."),
    "card-refusal:not_found": N_("There is no such customer or card; nothing was changed."),
    # kinds of journals
    "card_carried": N_("carried to the next card"),
    "card_fee": N_("fee"),
    # acts in the audit trail
    "card.issue": N_("issued a card"),
    "card.register": N_("registered a card"),
    "card.report_lost": N_("reported a card lost"),
    "card.find": N_("let a found card work again"),
    "card.replace": N_("replaced a card"),
    "card.give_up": N_("began to close a card"),
    "card.take_back": N_("stopped closing a card"),
    "card.close": N_("closed a card"),
    "card.adopt": N_("took a card over from old books"),
    "card.withdraw": N_("took a card back that came from old books"),
    "customer.guardian": N_("noted a guardian"),
    "identity.verify": N_("noted somebody's papers"),
    "identity.reveal": N_("read the number of somebody's papers"),
    # parameters of the policy
    "policy:card_replace_fee_fen": N_("A card in place of another one costs"),
    "policy:card_low_fen": N_("A holder is told when his card holds less than"),
    "policy:card_arrears_fen": N_("Who owes more than this is told at once"),
    "policy:card_arrears_days": N_("and who owes anything, after so many days"),
    "policy:card_reminder_days": N_("Who was told that he owes is told again after days"),
    "card.remind": N_("had somebody reminded of his debt"),
    "card-refusal:nobody_to_remind": N_("The card is nobody's: register it to its holder first."),
    "card-refusal:reminded_lately": N_("He was told not long ago: wait some days."),
    "policy:card_failing_findings": N_("So many failures of a card mean that it wears"),
    "policy:card_failing_window_s": N_("failures counted within"),
}
KNOWN_REASONS = frozenset(
    code.partition(":")[2] for code in CODES if code.startswith("card-reason:")
)
"""Reasons that are codes; others are somebody's own words."""

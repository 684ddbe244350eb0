"""How the history of a card is told: what money did, between which accounts, and goodwill."""

from enum import Enum

from tapline.refunds.goodwill import GoodwillState, Why
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    Why: {
        "no_water": N_("no water, or too little"),
        "bad_water": N_("the water was not good"),
        "waited": N_("he had to wait or come back"),
        "machine": N_("the machine was out of order"),
        "other": N_("another reason"),
    },
    GoodwillState: {
        "asked": N_("waits for a supervisor"),
        "given": N_("given"),
        "rejected": N_("refused"),
        "undone": N_("taken back"),
    },
}

CODES = {
    # kinds of journals
    "goodwill": N_("goodwill"),
    "goodwill_reduced": N_("goodwill, counted towards a correction"),
    "purse_restored": N_("missing on the card: to be written back"),
    "purse_restored_less": N_("not missing after all"),
    # accounts beyond the card, by what they are
    "account:rev:water": N_("water sold"),
    "account:rev:fees": N_("fees"),
    "account:exp:bonus": N_("bonus granted"),
    "account:exp:goodwill": N_("goodwill"),
    "account:loss:fraud": N_("our loss after a loss report"),
    "account:loss:closing": N_("our loss after closing"),
    "account:equity:opening": N_("brought along at the start"),
    "account:refund_payable": N_("on its way to where it was paid from"),
    "account:psp": N_("payment provider"),
    "account:cash": N_("cash"),
    "account:topup": N_("top-up"),
    "account:enterprise": N_("the enterprise"),
    "account:suspense": N_("set aside: nobody's yet"),
    "account:card": N_("another card"),
    # why goodwill goes before a supervisor
    "goodwill-limit:act": N_("more than one person gives for a pour"),
    "goodwill-limit:card": N_("more than one person gives to a card within 30 days"),
    "goodwill-limit:agent": N_("more than one person gives in a day"),
    # why it was refused
    "card-refusal:goodwill_not_paid": N_(
        "The card was not charged for this: there is nothing to make good."
    ),
    "card-refusal:goodwill_put_right": N_(
        "It is put right already, or waits for a decision: money is given back once."
    ),
    "card-refusal:goodwill_too_late": N_(
        "It is too late to take it back: the customer has the money."
    ),
    "card-refusal:goodwill_decided": N_(
        "More than one person decided about it: it is not taken back here."
    ),
    # acts in the audit trail
    "goodwill.give": N_("gave goodwill"),
    "goodwill.ask": N_("asked for goodwill"),
    "goodwill.approve": N_("granted goodwill"),
    "goodwill.reject": N_("refused goodwill"),
    "goodwill.undo": N_("took goodwill back"),
    # parameters
    "policy:goodwill_fen_max": N_("An agent gives for one pour, as goodwill, at most"),
    "policy:goodwill_card_30d_fen_max": N_("to one card within 30 days at most"),
    "policy:goodwill_agent_day_fen_max": N_("and in one day at most"),
    "policy:goodwill_undo_s": N_("Goodwill can be taken back within"),
}

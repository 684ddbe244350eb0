"""Why clearing and suspense accounts hold something, and whose turn it is."""

from enum import Enum

from tapline.reports import ClearingActor
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    ClearingActor: {
        "system": N_("goes on by itself"),
        "provider": N_("the payment provider"),
        "finance": N_("finance"),
        "second": N_("a second person confirms"),
        "desk": N_("the desk decides"),
    },
}

CODES = {
    "clearing:bill_agreed": N_("Agrees with the bill: its transfer to our bank is to be booked"),
    "clearing:bill_differs": N_("The bill differs from our books: see its breaks"),
    "clearing:bill_awaited": N_("The provider's bill has not come yet"),
    "clearing:bill_malformed": N_("The provider's bill cannot be read"),
    "clearing:cash_to_count": N_("Cash in a till: to be counted and taken to the bank"),
    "clearing:cash_undone": N_("Cash given back after the till was counted"),
    "clearing:topup_to_place": N_("Paid: about to be put on the card"),
    "clearing:booklet_to_issue": N_("Paid: its tickets are about to be issued"),
    "clearing:goes_back": N_("Goes back the way it was paid, by a refund"),
    "clearing:leg_created": N_("Refund decided: about to be handed to the provider"),
    "clearing:leg_sent": N_("Refund handed to the provider: no answer yet"),
    "clearing:leg_unknown": N_("Refund handed to the provider: he is asked what became of it"),
    "clearing:leg_processing": N_("The provider is paying the refund"),
    "clearing:leg_abnormal": N_("The provider cannot pay the refund: finance transfers it"),
    "clearing:leg_closed": N_("The provider gave the refund up: finance transfers it"),
    "clearing:leg_by_hand": N_("Transferred by hand: a second person has to confirm"),
    "clearing:to_claim_back": N_("Paid by hand and by the provider: to be claimed back"),
    "clearing:by_hand": N_("Moved by hand"),
}

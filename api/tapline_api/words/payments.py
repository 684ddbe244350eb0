"""What finance and the desk read of payments, of legs of money back, and of journals of both."""

from tapline_api.words import N_

CODES = {
    # states of a payment
    "payment:created": N_("waits for the customer"),
    "payment:paid": N_("paid"),
    "payment:closed": N_("not paid in time"),
    # states of a leg
    "leg:created": N_("about to be sent"),
    "leg:sent": N_("handed to the provider"),
    "leg:unknown": N_("no answer: the provider is asked"),
    "leg:processing": N_("the provider has it"),
    "leg:succeeded": N_("arrived"),
    "leg:abnormal": N_("cannot go this way"),
    "leg:closed": N_("given up by the provider"),
    "leg:by_hand": N_("transferred, to be confirmed"),
    "leg:paid_by_hand": N_("transferred and confirmed"),
    "leg:conflict": N_("paid twice: claim it back"),
    # why a leg cannot go back the way the money came
    "obstacle:no_payment": N_("no payment is known that it could go back on"),
    "obstacle:too_old": N_("the payment is too old for the provider"),
    "obstacle:too_many": N_("the provider takes no more parts of this payment"),
    # kinds of journals
    "payment": N_("payment"),
    "payout": N_("paid back"),
    "refund_hold": N_("held for a refund"),
    "refund_void": N_("hold of a refund ended"),
    "refund_pay": N_("set aside to be paid back"),
    "refund_forfeit": N_("bonus lapsed"),
    "refund_write_off": N_("our loss"),
    "refund_recover": N_("our loss restored"),
    # acts in the audit trail
    "payout.transfer": N_("transferred money by hand"),
    "payout.confirm": N_("confirmed a transfer"),
    "payout.refuse": N_("did not confirm a transfer"),
    "payout.conflict": N_("money was paid twice"),
}

"""What finance reads of providers' daily bills, and of where they differ from our books."""

from tapline_api.words import N_

CODES = {
    "D17": N_("a provider and our books differ"),
    # states of a bill
    "bill:awaited": N_("not here yet"),
    "bill:malformed": N_("cannot be read"),
    "bill:read": N_("read"),
    "bill_line:payment": N_("payment"),
    "bill_line:refund": N_("refund"),
    # kinds of breaks
    "bill_break:paid_there": N_("paid there, not here"),
    "bill_break:paid_here": N_("paid here, on no bill"),
    "bill_break:amount": N_("another amount"),
    "bill_break:paid_again": N_("paid a second time"),
    "bill_break:twice": N_("on bills twice"),
    "bill_break:refunded_there": N_("paid back there, not here"),
    "bill_break:refunded_here": N_("paid back here, on no bill"),
    "bill_break:booked": N_("another amount in the ledger"),
    # how they end
    "bill_end:healed": N_("both sides agree now"),
    "bill_end:accepted": N_("accepted"),
    "bill_end:returned": N_("given back"),
    # what is wrong with a file
    "flaw:no_line": N_("The line has not as many fields as the first one."),
    "flaw:no_status": N_("Neither a payment nor a refund."),
    "flaw:no_currency": N_("Another currency than CNY."),
    "flaw:no_moment": N_("No moment of this day."),
    "flaw:no_yuan": N_("No amount in yuan with at most two decimals."),
    "flaw:no_sum": N_("The lines do not make up this total."),
    "flaw:cut_off": N_("The totals at the end are missing: it is not whole."),
    # kinds of journals
    "psp_fee": N_("a provider's fee"),
    # acts in the audit trail
    "bill.fetch": N_("had a bill fetched again"),
    "provider_break.assign": N_("assigned a difference with a provider"),
    "provider_break.ask": N_("had a provider asked"),
    "provider_break.accept": N_("accepted a difference with a provider"),
    "provider_break.propose": N_("proposed to give a payment back"),
    "provider_break.confirm": N_("confirmed that a payment goes back"),
    "provider_break.refuse": N_("did not give a payment back"),
}

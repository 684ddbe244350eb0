"""What is said of water tickets, to customers and to the desk."""

from tapline_api.words import N_

CODES = {
    # a purchase, as the customer reads it
    "your-booklet:asked": N_("waits for your payment"),
    "your-booklet:lapsed": N_("not paid in time"),
    "your-booklet:issued": N_("the tickets are yours"),
    # a purchase, as the desk reads it
    "booklet:asked": N_("to be paid"),
    "booklet:lapsed": N_("not paid in time"),
    "booklet:issued": N_("tickets issued"),
    # acts in the audit trail
    "booklet.put": N_("put a booklet on sale, or changed it"),
    "tickets.read": N_("looked at water tickets"),
    # what became of tickets
    "ticket:tickets_issued": N_("Booklet bought"),
    "ticket:tickets_opened": N_("Brought along"),
    "ticket:order_redeem": N_("Used for an order"),
    "ticket:refund_pay": N_("Given back as money"),
    "ticket:tickets_returned": N_("Came back from an order"),
    "ticket:adjustment": N_("adjustment by hand"),
    "ticket:reversal": N_("taken back by hand"),
    # orders
    "your-step:tickets": N_("Tickets set aside for it"),
    "your-step:doubted": N_("You counted otherwise: the courier is asked"),
    "your-step:recounted": N_("The courier agrees with you: it is put right"),
    "your-step:insisted": N_("The courier stands by his count: we look into it"),
    "order_step:tickets": N_("tickets set aside"),
    # counts of a delivery
    "delivery:delivered": N_("barrels, by the courier"),
    "delivery:buckets_returned": N_("empties, by the courier"),
    "delivery:tickets": N_("water tickets"),
    "delivery:received": N_("barrels, by the customer"),
    "delivery:buckets_given": N_("empties, by the customer"),
    # discrepancies
    "D27": N_("tickets or buckets of an order differ"),
    "delivery_disputed": N_("what was delivered is disputed"),
    "case:delivery_disputed": N_("What was delivered"),
    "policy:recount_s": N_("A courier answers a customer who counts otherwise within"),
    # refunds
    "refund-kind:ticket_unused": N_("Unused water tickets back"),
    "claim:paid_again": N_("It was paid twice"),
    "quote:tickets": N_("tickets that are free, at the average price paid"),
    "quote:used_by_barrel": N_("used ones of the booklet begun, at the price by the barrel"),
    "quote:paid_again": N_("the second payment"),
    # policy
    "policy:tickets_used_at": N_(
        "Used tickets count, when the others go back, as average or barrel"
    ),
    "policy:automatic_tickets_fen_max": N_("A machine gives back for unused tickets at most"),
}

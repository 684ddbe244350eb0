"""What customers read of their orders."""

from tapline_api.words import N_

COMPLAINTS = {
    "order_undelivered": N_("It did not come"),
    "order_short": N_("Fewer barrels came than I ordered"),
    "other": N_("Something else is wrong"),
}
"""What may be wrong with an order, by the category of its case."""

CODES = {
    # states
    "your-order:placed": N_("waits for your payment"),
    "your-order:paid": N_("paid, at the station"),
    "your-order:assigned": N_("a courier has it on his list"),
    "your-order:out": N_("on its way to you"),
    "your-order:delivered": N_("delivered"),
    "your-order:failed": N_("could not be delivered"),
    "your-order:cancelled": N_("cancelled"),
    # steps of the timeline
    "your-step:placed": N_("You ordered"),
    "your-step:paid": N_("Your payment arrived"),
    "your-step:assigned": N_("A courier has it on his list"),
    "your-step:out": N_("The courier set out"),
    "your-step:resumed": N_("The courier tries again"),
    "your-step:delivered": N_("Delivered"),
    "your-step:failed": N_("The courier came in vain"),
    "your-step:rescheduled": N_("Another time was agreed"),
    "your-step:late": N_("It is late; the station is looking after it"),
    "your-step:cancelled": N_("Cancelled"),
    "your-step:paid_after_cancel": N_("Your payment arrived after the end: it goes back to you"),
    "your-step:paid_again": N_("A second payment arrived: we set it right"),
}

"""What is said of bottled water: states of an order, times of the day, why nobody got it."""

from tapline_api.words import N_

CODES = {
    # states of an order
    "order:placed": N_("waits for payment"),
    "order:paid": N_("at the station"),
    "order:assigned": N_("on the courier's list"),
    "order:out": N_("on its way to the customer"),
    "order:delivered": N_("delivered"),
    "order:failed": N_("could not be delivered"),
    "order:cancelled": N_("cancelled"),
    # lists of orders
    "orders:late": N_("Late"),
    "orders:open": N_("Open"),
    "orders:failed": N_("Came in vain"),
    "orders:delivered": N_("Delivered"),
    "orders:cancelled": N_("Cancelled"),
    # its timeline, where the state's word is not enough
    "order_step:doubted": N_("the customer counts otherwise"),
    "order_step:recounted": N_("counted anew: the customer is right"),
    "order_step:insisted": N_("the courier stands by his count"),
    "order_step:placed": N_("ordered"),
    "order_step:paid": N_("paid"),
    "order_step:assigned": N_("given to a courier"),
    "order_step:out": N_("courier set out"),
    "order_step:resumed": N_("on the courier's list again"),
    "order_step:delivered": N_("delivered"),
    "order_step:failed": N_("could not be delivered"),
    "order_step:rescheduled": N_("another time was agreed"),
    "order_step:late": N_("not there in the promised time"),
    "order_step:cancelled": N_("cancelled"),
    "order_step:paid_after_cancel": N_("paid when it was cancelled"),
    "order_step:paid_again": N_("paid a second time"),
    # parts of a day
    "part:morning": N_("morning"),
    "part:afternoon": N_("afternoon"),
    "part:evening": N_("evening"),
    # why it could not be delivered
    "fail:not_home": N_("nobody at home"),
    "fail:wrong_address": N_("wrong address"),
    "fail:no_access": N_("no access: gate, guard or stairs"),
    "fail:refused": N_("not accepted"),
    "fail:damaged": N_("barrel damaged"),
    "fail:other": N_("another reason"),
    # acts in the audit trail
    "order.read": N_("looked at an order"),
    "order.placed": N_("took an order down"),
    "order.out": N_("set out with an order"),
    "order.resumed": N_("took an order up again"),
    "order.delivered": N_("delivered an order"),
    "order.failed": N_("came in vain with an order"),
    "order.rescheduled": N_("agreed another delivery time"),
    "order.cancelled": N_("cancelled an order"),
    "buckets.take_back": N_("took empties back"),
    # kinds of journals
    "order_delivered": N_("barrels delivered"),
    "buckets_out": N_("buckets handed over"),
    "buckets_back": N_("buckets taken back"),
    "deposit_opened": N_("deposit brought along"),
}

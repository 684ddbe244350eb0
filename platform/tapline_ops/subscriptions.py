"""Who wants to know: the one table from events to the tasks that handle them."""

from collections.abc import Mapping

from tapline import events

_TASKS: Mapping[type[events.Event], tuple[str, ...]] = {
    events.FactsStored: ("reconcile_cards", "follow_closing_cards"),
    events.CardIssued: ("reconcile_issued",),
    events.DuplicatesSeen: ("note_duplicates",),
    events.ReleasedFactsMissing: ("note_released_missing",),
    events.FindingRaised: ("consider_ticket",),
    events.CorrectionDue: ("settle_pour",),
    events.CorrectionPosted: ("tell_corrected", "follow_corrected_card"),
    events.CorrectionHeld: ("ticket_held_correction",),
    events.PredictionRaised: ("ticket_prediction",),
    events.OrderChanged: ("ticket_late_order", "refund_cancelled_order"),
    events.TicketChanged: ("route_ticket",),
    events.RefundChanged: ("route_refund",),
    events.PayoutQueued: ("wake_payouts",),
    events.PayoutEnded: ("follow_payout",),
    events.OfferMade: ("ring_offered",),
    events.OfferEnded: ("silence_ended",),
    events.WorkOverflowed: ("promise_call_back",),
    events.PortCommandQueued: ("wake_exchange",),
    events.NoticeQueued: ("send_notices",),
    events.PaymentPaid: ("take_order_payment",),
}

SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    event.__name__: tasks for event, tasks in _TASKS.items()
}
"""Task names by event type, as the outbox stores it. The rest only wakes open pages."""

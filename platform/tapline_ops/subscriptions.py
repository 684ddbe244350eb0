"""Who wants to know: the one table from events to the tasks that handle them."""

from collections.abc import Mapping

from tapline import events

_TASKS: Mapping[type[events.Event], tuple[str, ...]] = {
    events.FactsStored: ("reconcile_cards", "follow_closing_cards", "mind_stored_cards"),
    events.CardReplaced: ("follow_replaced_member", "follow_replaced_student"),
    events.CardCarried: ("follow_carried_card",),
    events.CardIssued: ("reconcile_issued",),
    events.CardsClaimed: ("reconcile_claimed", "follow_claimed_cards", "mind_claimed_cards"),
    events.NumbersClaimed: ("claim_numbered_cards",),
    events.ClaimsOverturned: ("overturn_claims",),
    events.DuplicatesSeen: ("note_duplicates",),
    events.ReleasedFactsMissing: ("note_released_missing",),
    events.FindingRaised: ("consider_ticket", "follow_decision", "propose_responsibility"),
    events.ResponsibilityChanged: ("follow_objection",),
    events.CorrectionDue: ("settle_pour",),
    events.RestoreDue: ("settle_restore",),
    events.FactsRestated: ("follow_restated_cards", "follow_restated_water"),
    events.GoodwillUndone: ("follow_undone_water",),
    events.CorrectionPosted: (
        "tell_corrected",
        "follow_corrected_card",
        "carry_corrected",
        "follow_debt",
        "owe_apology",
    ),
    events.CorrectionHeld: ("ticket_held_correction",),
    events.BreakerTripped: ("ticket_breaker",),
    events.RolloutStopped: ("ticket_rollout",),
    events.BreakerReset: ("release_held",),
    events.PartsBuiltIn: ("note_parts",),
    events.PredictionRaised: ("ticket_prediction",),
    events.WaterStopped: ("ticket_water_stop",),
    events.MachineBack: ("follow_machine_back",),
    events.MachineDark: ("ticket_dark_machine",),
    events.OutageChanged: ("ticket_outage",),
    events.PlannedOutageBegun: ("hold_planned_tickets",),
    events.OrderChanged: ("ticket_late_order", "refund_cancelled_order", "reconcile_order"),
    events.TicketChanged: ("route_ticket",),
    events.RefundChanged: ("route_refund",),
    events.PayoutQueued: ("wake_payouts",),
    events.PayoutEnded: ("follow_payout",),
    events.OfferMade: ("ring_offered",),
    events.OfferEnded: ("silence_ended",),
    events.WorkOverflowed: ("promise_call_back",),
    events.PortCommandQueued: ("wake_exchange",),
    events.GraduationApproved: ("wake_graduations",),
    events.CredentialsChanged: ("admit_devices", "evict_device"),
    events.RotationAsked: ("rotate_key",),
    events.NoticeQueued: ("send_notices",),
    events.PaymentPaid: ("take_order_payment", "take_topup_payment", "take_booklet_payment"),
    events.TopUpStranded: ("return_stranded_topup",),
    events.BookletPaidAgain: ("return_booklet_payment",),
}

SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    event.__name__: tasks for event, tasks in _TASKS.items()
}
"""Task names by event type, as the outbox stores it. The rest only wakes open pages."""

"""Who wants to know: the one table from events to the tasks that handle them."""

from collections.abc import Mapping

from tapline import events

_TASKS: Mapping[type[events.Event], tuple[str, ...]] = {
    events.FactsStored: ("reconcile_cards",),
    events.CardIssued: ("reconcile_issued",),
    events.DuplicatesSeen: ("note_duplicates",),
    events.ReleasedFactsMissing: ("note_released_missing",),
    events.FindingRaised: ("consider_ticket",),
    events.CorrectionDue: ("settle_pour",),
    events.CorrectionPosted: ("tell_corrected",),
    events.CorrectionHeld: ("ticket_held_correction",),
    events.NoticeQueued: ("send_notices",),
}

SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    event.__name__: tasks for event, tasks in _TASKS.items()
}
"""Task names by event type, as the outbox stores it. The rest only wakes open pages."""

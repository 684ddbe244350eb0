"""What happens by the clock: task names and how often, in seconds."""

from typing import Any

EVERY_S = {
    "route_timers": 1.0,
    "sweep_gaps": 2.0,
    "sweep_cards": 5.0,
    "sweep_debts": 600.0,
    "sweep_meters": 30.0,
    "reconcile_orders": 1800.0,
    "sweep_feeds": 60.0,
    "sweep_refunds": 5.0,
    "send_due_notices": 10.0,
    "send_payouts": 5.0,
    "query_payments": 5.0,
    "fetch_bills": 60.0,
    "match_bills": 60.0,
    "send_port_commands": 2.0,
    "release_call_backs": 5.0,
    "end_lost_calls": 30.0,
    "sweep_tickets": 10.0,
    "sweep_rollouts": 5.0,
    "send_evictions": 10.0,
    "sweep_orders": 10.0,
    "sweep_topups": 60.0,
    "note_untapped_money": 300.0,
    "allot_enterprises": 3600.0,
    "sweep_replaced_cards": 60.0,
    "sweep_card_warnings": 600.0,
    "sweep_responsibilities": 60.0,
    "tell_partners": 1800.0,
    "accrue_shares": 300.0,
    "end_authorisations": 30.0,
    "settle_issuers": 3600.0,
    "look_at_claims": 3600.0,
    "carry_imports": 2.0,
    "forget_imports": 3600.0,
    "give_up_cards": 10.0,
    "prepare_openings": 60.0,
    "plan_rounds": 600.0,
    "remind_graduates": 3600.0,
    "seal_ledger": 10.0,
    "close_ledger_days": 1800.0,
    "watch_machines": 10.0,
    "tell_outages": 60.0,
    "keep_telemetry": 300.0,
    "roll_consumption": 900.0,
    "tell_managers": 600.0,
    "score_devices": 300.0,
    "forget_sessions": 3600.0,
    "forget_events": 3600.0,
    "erase_files": 3600.0,
    "forget_pushes": 3600.0,
    "forget_shared": 3600.0,
    "watch_water": 15.0,
    "carry_water_traces": 5.0,
    "plan_water_drills": 3600.0,
    "renew_broker": 3600.0,
}


QUEUE = "clock"
"""Apart from events: behind a rush of them a sweep would wait until it expired, each time."""


def beat() -> dict[str, dict[str, Any]]:
    """The schedule for Celery's beat. A run that waited for a whole period is dropped."""
    return {
        task: {
            "task": task,
            "schedule": period_s,
            "options": {"expires": period_s, "queue": QUEUE},
        }
        for task, period_s in EVERY_S.items()
    }

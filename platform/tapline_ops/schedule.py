"""What happens by the clock: task names and how often, in seconds."""

from typing import Any

EVERY_S = {
    "route_timers": 1.0,
    "sweep_gaps": 2.0,
    "sweep_refunds": 5.0,
    "send_due_notices": 10.0,
    "send_payouts": 5.0,
    "query_payments": 5.0,
    "send_port_commands": 2.0,
    "release_call_backs": 5.0,
    "end_lost_calls": 30.0,
    "sweep_tickets": 10.0,
    "sweep_orders": 10.0,
    "seal_ledger": 10.0,
    "keep_telemetry": 300.0,
    "score_devices": 300.0,
    "forget_sessions": 3600.0,
    "forget_events": 3600.0,
    "erase_files": 3600.0,
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

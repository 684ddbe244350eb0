"""What happens by the clock: task names and how often, in seconds."""

from typing import Any

EVERY_S = {
    "sweep_gaps": 2.0,
    "send_due_notices": 10.0,
    "seal_ledger": 10.0,
    "keep_telemetry": 300.0,
    "forget_sessions": 3600.0,
    "forget_events": 3600.0,
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

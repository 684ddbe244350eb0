"""When an answer and a solution are due, on the business calendar. Pure."""

from dataclasses import dataclass
from datetime import datetime

from tapline.calendar import BusinessCalendar
from tapline.policy import Policy
from tapline.tickets.model import Priority


@dataclass(frozen=True, slots=True)
class Promise:
    """Working time until the first answer, None where nobody waits for one; and the solution."""

    respond_s: int | None
    resolve_s: int


def promise(policy: Policy, priority: Priority) -> Promise:
    """What a case of this priority is promised."""
    respond_s = policy.ticket_respond_s
    match priority:
        case Priority.URGENT:
            return Promise(respond_s, policy.ticket_resolve_urgent_s)
        case Priority.HIGH:
            return Promise(respond_s, policy.ticket_resolve_high_s)
        case Priority.NORMAL:
            return Promise(respond_s, policy.ticket_resolve_s)
        case Priority.LOW:
            return Promise(None, policy.ticket_resolve_low_s)


def warn_at(
    calendar: BusinessCalendar, start: datetime, due_at: datetime, *, paused_s: int, percent: int
) -> datetime:
    """When `percent` of the time allowed is gone; `paused_s` of it did not count."""
    allowed_s = calendar.elapsed_s(start, due_at) - paused_s
    return calendar.deadline(start, paused_s + allowed_s * percent // 100)


def postponed(
    calendar: BusinessCalendar, due_at: datetime, *, paused_at: datetime, resumed_at: datetime
) -> datetime:
    """The end of a clock that stood still in between: what was left then is left now."""
    if due_at <= paused_at:
        return due_at
    return calendar.deadline(resumed_at, calendar.elapsed_s(paused_at, due_at))

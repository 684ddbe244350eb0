"""What a desk begins with, and what an account of the staff may be offered there."""

from collections.abc import Mapping

from tapline.people import Role, Staff
from tapline.routing.core.values import AgentProfile, Queue, Seat, Step, StepKind

_RELAX = Step(0, StepKind.RELAX)
"""Skills and areas are preferences at once: with three people nobody should wait for one."""

QUEUES = (
    Queue(
        "calls",
        wrap_up_ms=30_000,
        preferred_ms=5000,
        ladder=(
            _RELAX,
            Step(10_000, StepKind.BACKUP, "backup"),
            Step(30_000, StepKind.OVERFLOW, "callback"),
        ),
    ),
    Queue("callbacks", ring_ms=20_000, retry_ms=60_000, wrap_up_ms=30_000, ladder=(_RELAX,)),
    Queue("tickets", ring_ms=120_000, retry_ms=600_000, preferred_ms=300_000, ladder=(_RELAX,)),
    Queue("reviews", ring_ms=120_000, retry_ms=600_000),
    Queue("backup"),
)
"""`backup` gets no work of its own: its members stand in where a ladder names it."""

_SEATS: Mapping[Role, tuple[str, ...]] = {
    Role.AGENT: ("calls", "callbacks", "tickets", "reviews"),
    Role.SUPERVISOR: ("backup", "callbacks", "tickets", "reviews"),
}

_REVIEW_LEVEL = {Role.AGENT: 1, Role.SUPERVISOR: 2}
"""The skill `review`: who may decide refunds above an agent's limit has level 2."""


def profile_of(staff: Staff) -> AgentProfile:
    """What may reach this member of the staff; nothing where his place is not the desk."""
    skills = {name: int(level) for name, level in staff.skills.items()}
    if staff.role in _REVIEW_LEVEL:
        skills["review"] = _REVIEW_LEVEL[staff.role]
    queues = {name: Seat() for name in _SEATS.get(staff.role, ())}
    return AgentProfile(str(staff.staff_id), staff.name, queues, skills)

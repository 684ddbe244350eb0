"""Who answers for a public page, and when he can be called."""

from collections.abc import Sequence
from typing import Any

from tapline import calendar, clock, tenants
from tapline.uow import UnitOfWork


def foot(uow: UnitOfWork, tenant_id: str) -> dict[str, Any]:
    """Who answers for it, and when the hotline is open today: spans of (from, to)."""
    today = clock.business_date(clock.now())
    windows = calendar.current(uow, tenant_id=tenant_id, code=calendar.HOTLINE).windows_of(today)
    return {
        "operator": tenants.get(uow, tenant_id=tenant_id),
        "hours": [(_at(begin), _at(end)) for begin, end in _joined(windows)],
    }


def _joined(windows: Sequence[calendar.Window]) -> list[tuple[int, int]]:
    """Open time in minutes of the day, whatever its periods are called."""
    joined: list[tuple[int, int]] = []
    for one in sorted(windows, key=lambda one: one.start_min):
        if joined and joined[-1][1] >= one.start_min:
            joined[-1] = (joined[-1][0], max(joined[-1][1], one.end_min))
        else:
            joined.append((one.start_min, one.end_min))
    return joined


def _at(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"

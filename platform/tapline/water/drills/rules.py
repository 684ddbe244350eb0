"""Quarters, and whose turn it is. Pure."""

import random
from collections.abc import Sequence
from datetime import date, timedelta


def quarter(day: date) -> str:
    """The quarter of a day, such as `2026Q4`."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def began(day: date) -> date:
    """The first day of its quarter."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def due_on(day: date, days: int) -> date:
    """By when the drill of a day's quarter should have been held."""
    return began(day) + timedelta(days=days)


def drawn(tenant_id: str, name: str, device_ids: Sequence[str]) -> str:
    """The machine of a quarter: by lot, and the same whoever draws."""
    return random.Random(f"{tenant_id}:{name}").choice(sorted(device_ids))  # noqa: S311

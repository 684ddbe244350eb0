"""Months as addresses and forms name them: `2026-11`."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import Query

from tapline import clock, partners

MONTH = r"20\d\d-(0[1-9]|1[0-2])"
Month = Annotated[str | None, Query(pattern=f"^{MONTH}$")]


def month_of(text: str | None) -> date:
    """The first day of a month; of the one that ended last where none is named."""
    if text is not None:
        return date.fromisoformat(f"{text}-01")
    this = partners.month_of(clock.business_date(clock.now()))
    return partners.month_of(this - timedelta(days=1))


def recent(count: int = 6) -> Sequence[date]:
    """The present month and those before it, newest first."""
    month = partners.month_of(clock.business_date(clock.now()))
    months = [month]
    while len(months) < count:
        months.append(partners.month_of(months[-1] - timedelta(days=1)))
    return months
